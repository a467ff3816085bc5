import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import { cuttingProxy } from "./support/cuttingProxy.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { largeVideo, MIB } from "./support/largeVideo.ts"
import { chooseFiles, uploadsIn, uploadText } from "./support/pageUploads.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

/** The largest part of an upload that may be sent twice after an interruption. */
const COST = 8 * MIB

/** Requests of the page beside its uploads. */
const REST = MIB

const env = { LOCAL_RUNNER: "off" }
const hasField = `document.querySelector("#files") !== null`

const cases = (program: string) => {
  it.scopedLive(
    "continues after a lost connection and after kill -9 of the server",
    () =>
      Effect.gen(function* () {
        const [folder, port] = [yield* temporaryFolder, yield* freePort]
        const options = { dataDir: join(folder, "data"), port, env }
        const first = yield* ExampleServer.start(options)
        const proxy = yield* cuttingProxy(port, [
          { at: 10 * MIB, run: () => undefined },
          { at: 30 * MIB, run: () => process.kill(first.pid, "SIGKILL") }
        ])
        const tab = yield* Browser.open(program, proxy.url)
        yield* tab.until(hasField)
        const size = 40 * MIB
        yield* chooseFiles(tab, [yield* largeVideo(folder, "film.mp4", size)])
        yield* first.ended
        yield* tab.until(`${uploadText}.startsWith("Connection lost at ")`)
        const server = yield* ExampleServer.start(options)
        const { data } = yield* until("the video", api(server.url).videos, ({ total }) => total === 1)
        deepStrictEqual(
          data.map(({ name }) => name),
          ["film.mp4"]
        )
        yield* tab.until(`document.querySelectorAll(".card").length === 1`)
        assert.isBelow(proxy.passed(), size + 2 * COST + REST)
        deepStrictEqual(yield* filesBelow(join(options.dataDir, "uploads")), [])
      }),
    300_000
  )

  it.scopedLive(
    "continues after a reload of the page, when the file is chosen again",
    () =>
      Effect.gen(function* () {
        const [folder, port] = [yield* temporaryFolder, yield* freePort]
        const server = yield* ExampleServer.start({ dataDir: join(folder, "data"), port, env })
        // The first part is complete, and the second one is not, however fast the page sends them.
        const held = COST + 2 * REST
        const proxy = yield* cuttingProxy(port, [{ at: held, run: () => undefined, holds: true }])
        const tab = yield* Browser.open(program, proxy.url)
        yield* tab.until(hasField)
        const size = 20 * MIB
        const path = yield* largeVideo(folder, "film.mp4", size)
        yield* chooseFiles(tab, [path])
        yield* until("the first part", Effect.sync(proxy.passed), (bytes) => bytes >= held)
        yield* tab.send("Page.reload")
        yield* tab.until(`${hasField} && ${uploadsIn("interrupted")} === 1`)
        yield* tab.until(`/^Interrupted at [45]\\d %\\. Choose the file again/.test(${uploadText})`)
        yield* chooseFiles(tab, [path])
        yield* until("the video", api(server.url).videos, ({ total }) => total === 1)
        yield* tab.until(`document.querySelector(".upload") === null`)
        assert.isBelow(proxy.passed(), size + COST + REST)
      }),
    300_000
  )
}

if (Browser.chromium === undefined) {
  it("interrupted uploads in the console need Chromium", () =>
    console.warn("LEFT OUT: interrupted uploads in the console. There is no Chromium on PATH."))
} else cases(Browser.chromium)
