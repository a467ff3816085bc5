import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type ConnectorOptions, createConnector } from "@runner-connector/node"
import { Effect } from "effect"
import { copyDatabase } from "../fixtures/cluster.ts"
import * as Browser from "./support/Browser.ts"
import { fixture } from "./support/clips.ts"
import { hasNative, leftOut } from "./support/native.ts"
import { openFirst, playableCard, seen, video } from "./support/page.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const TOKEN = "the-administrator's-own"
const CONSOLE = "/admin/videos-console"

/** An application with the API and the console below its own paths. */
const makeSite = Effect.fnUntraced(function* (options: Pick<ConnectorOptions, "uploads" | "localRunner">) {
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
const dropClip = `(async () => {
  const dataTransfer = new DataTransfer()
  dataTransfer.items.add(new File([await (await fetch("/clip")).blob()], "cat.mp4", { type: "video/mp4" }))
  dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }))
})()`

const signIn = (tab: Browser.Tab) =>
  Effect.gen(function* () {
    yield* tab.until(seen(".dialog #token"))
    yield* tab.evaluate(`document.querySelector("#token").focus()`)
    yield* tab.send("Input.insertText", { text: TOKEN })
    yield* tab.click(".dialog [type=submit]")
    yield* tab.until(`!${seen(".dialog #token")}`)
  })

it.scopedLive(
  "the console below a path of an application signs in, lists, uploads and plays",
  () =>
    Effect.gen(function* () {
      if (!hasNative) return leftOut("The console below a path of an application")
      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: the console below a path in a browser. There is no Chromium on PATH.")
      const site = yield* makeSite({ uploads: {}, localRunner: { concurrency: 1 } })
      const tab = yield* Browser.open(Browser.chromium, `${site}${CONSOLE}/videos`)
      yield* signIn(tab)
      yield* tab.evaluate(dropClip)
      yield* tab.until(seen(playableCard), 60)
      yield* openFirst(tab)
      yield* tab.until(`${video}?.readyState > 2`, 30)
      yield* tab.evaluate(`${video}.play()`)
      yield* tab.until(`${video}.currentTime > 0.2`, 30)
      for (const screen of ["overview", "runners", "jobs", "settings"]) {
        yield* tab.click(`a[href="${CONSOLE}/${screen}"]`)
        yield* tab.until(`location.pathname === "${CONSOLE}/${screen}" && !${seen(".loading")}`)
        assert.isFalse(yield* tab.evaluate(`${seen("#sign-in-required")} || ${seen(".error")}`), screen)
      }
      const scripts = `[...document.scripts].every(({ src, textContent }) => src !== "" && textContent === "")`
      assert.isTrue(yield* tab.evaluate(scripts), "no inline script")
      deepStrictEqual(
        tab.complaints.filter((text) => /Content Security Policy/i.test(text)),
        []
      )
    }),
  120_000
)

/** The ends of the addresses of uploads. */
const sentTo = `performance.getEntriesByType("resource").flatMap(({ name }) => name.match(/\\/videos\\/upload.*/) ?? [])`

it.scopedLive(
  "the console of an application without resumable uploads sends each file in one request",
  () =>
    Effect.gen(function* () {
      if (Browser.chromium === undefined)
        return console.warn("LEFT OUT: uploads in one request. There is no Chromium on PATH.")
      const tab = yield* Browser.open(Browser.chromium, `${yield* makeSite({})}${CONSOLE}/videos`)
      yield* signIn(tab)
      yield* tab.evaluate(dropClip)
      yield* tab.until(seen(".card"))
      yield* tab.until(`document.querySelector(".upload") === null`)
      deepStrictEqual(yield* tab.evaluate(sentTo), ["/videos/upload"])
    }),
  120_000
)
