import { Effect, Schema } from "effect"
import type * as Browser from "./Browser.ts"

const Root = Schema.Struct({ root: Schema.Struct({ nodeId: Schema.Int }) })
const Found = Schema.Struct({ nodeId: Schema.Int })

/** Chooses files for the upload, as a user does in the browser's dialog. */
export const chooseFiles = (tab: Browser.Tab, files: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { root } = Schema.decodeUnknownSync(Root)(yield* tab.send("DOM.getDocument"))
    const found = yield* tab.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#files" })
    const { nodeId } = Schema.decodeUnknownSync(Found)(found)
    yield* tab.send("DOM.setFileInputFiles", { nodeId, files })
  })

/** Limits the bytes a second that the page sends. Undefined ends the limit. */
export const limitUploads = (tab: Browser.Tab, bytes?: number) =>
  Effect.zipRight(
    tab.send("Network.enable"),
    tab.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: bytes ?? -1
    })
  )

/** How many uploads of the page are in this state. */
export const uploadsIn = (state: string) => `document.querySelectorAll(".upload[data-state=${state}]").length`

/** The text about the only upload of the page. */
export const uploadText = `(document.querySelector(".upload-text")?.textContent ?? "")`
