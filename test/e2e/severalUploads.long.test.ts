import { join } from "node:path"
import { assert, it, layer, type Vitest } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Layer } from "effect"
import { api } from "./support/Api.ts"
import * as Browser from "./support/Browser.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { largeVideo, MIB } from "./support/largeVideo.ts"
import { chooseFiles, limitUploads, uploadsIn, uploadText } from "./support/pageUploads.ts"
import { until } from "./support/waiting.ts"
import { filesBelow, freePort, temporaryFolder } from "./support/workspace.ts"

const makeStage = (program: string) =>
  Effect.gen(function* () {
    const server = yield* ExampleServer.start({
      dataDir: join(yield* temporaryFolder, "data"),
      port: yield* freePort,
      env: { LOCAL_RUNNER: "off" }
    })
    const tab = yield* Browser.open(program, server.url)
    yield* tab.until(`document.querySelector("#files") !== null`)
    return { server, tab, client: api(server.url), folder: yield* temporaryFolder }
  })

class Stage extends Context.Tag("Stage")<Stage, Effect.Effect.Success<ReturnType<typeof makeStage>>>() {}

/** Slow enough to see an upload on its way. */
const SLOW = 64 * 1024

const cases = (it: Vitest.MethodsNonLive<Stage, true>) => {
  it.effect("sends five files at once, some of them at the same time", () =>
    Effect.gen(function* () {
      const { client, folder, tab } = yield* Stage
      const names = ["one.mp4", "two.mp4", "three.mp4", "four.mp4", "five.mp4"]
      const paths = yield* Effect.forEach(names, (name) => largeVideo(folder, name, MIB))
      yield* limitUploads(tab, SLOW)
      yield* chooseFiles(tab, paths)
      yield* tab.until(`${uploadsIn("sending")} === 3 && ${uploadsIn("waiting")} === 2`)
      yield* limitUploads(tab)
      const { data } = yield* until("five videos", client.videos, ({ total }) => total === names.length)
      deepStrictEqual(data.map(({ name }) => name).sort(), [...names].sort())
      yield* tab.until(`document.querySelector(".upload") === null && document.querySelectorAll(".card").length === 5`)
    })
  )

  it.effect("pauses, resumes and cancels an upload", () =>
    Effect.gen(function* () {
      const { client, folder, server, tab } = yield* Stage
      const { total } = yield* client.videos
      const path = yield* largeVideo(folder, "paused.mp4", 4 * MIB)
      yield* limitUploads(tab, 2 * SLOW)
      yield* chooseFiles(tab, [path])
      // The speed and the remaining time.
      yield* tab.until(`/^[1-9]\\d* % of 4.2 MB · .*\\/s · .* left$/.test(${uploadText})`)
      yield* tab.click(".upload button[aria-label^=Pause]")
      yield* tab.until(`/^Paused at [1-9]\\d* %$/.test(${uploadText})`)
      yield* limitUploads(tab)
      yield* tab.click(".upload button[aria-label^=Resume]")
      yield* until("the video", client.videos, (videos) => videos.total === total + 1)

      yield* tab.until(`document.querySelector(".upload") === null`)
      yield* limitUploads(tab, SLOW)
      yield* chooseFiles(tab, [yield* largeVideo(folder, "cancelled.mp4", 2 * MIB)])
      yield* tab.until(`document.querySelector(".upload button[aria-label^=Pause]") !== null`)
      yield* tab.click(".upload button[aria-label^=Cancel]")
      yield* limitUploads(tab)
      const uploads = filesBelow(join(server.dataDir, "uploads"))
      yield* until("nothing is left of the upload", uploads, (files) => files.length === 0)
      assert.strictEqual((yield* client.videos).total, total + 1)
    })
  )
}

if (Browser.chromium === undefined) {
  it("uploads in the console need Chromium", () =>
    console.warn("LEFT OUT: uploads in the console. There is no Chromium on PATH."))
} else {
  const stage = Layer.scoped(Stage, makeStage(Browser.chromium))
  layer(stage, { excludeTestServices: true, timeout: "5 minutes" })("uploads in the console", cases)
}
