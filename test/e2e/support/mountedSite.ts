import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { type ConnectorOptions, createConnector } from "@runner-connector/node"
import { Effect } from "effect"
import { copyDatabase } from "../../fixtures/cluster.ts"
import { fixture } from "./clips.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

/** The administrator's token. */
export const TOKEN = "the-administrator's-own"

/** The path of the console. */
export const CONSOLE = "/admin/videos-console"

/** An application with the API and the console below its own paths. */
export const makeSite = Effect.fnUntraced(function* (options: Pick<ConnectorOptions, "uploads" | "localRunner">) {
  const [dataDir, port] = [join(yield* temporaryFolder, "data"), yield* freePort]
  const origin = `http://127.0.0.1:${port}`
  yield* copyDatabase(join(dataDir, "postgres"))
  const connector = yield* Effect.acquireRelease(
    Effect.promise(() =>
      createConnector({
        ...{ publicUrl: origin, dataDir, adminToken: TOKEN, api: { path: "/admin/videos-api" } },
        playback: { access: "open" },
        transcoding: { resolutions: [144] },
        ...options
      })
    ),
    (started) => Effect.promise(() => started.close())
  )
  const pages = yield* Effect.promise(() => connector.console({ path: CONSOLE }))
  const server = createServer((request, response) => {
    const application = async () =>
      response.end(request.url === "/clip" ? await readFile(fixture("faststart.mp4")) : "")
    connector.handler(request, response, () => pages.handler(request, response, application))
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))),
    () => Effect.sync(() => server.closeAllConnections() ?? server.close())
  )
  return origin
})

/** Drops a file of the application onto the page. */
export const dropClip = `(async () => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([await (await fetch("/clip")).blob()], "cat.mp4", { type: "video/mp4" }))
  dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }))
})()`
