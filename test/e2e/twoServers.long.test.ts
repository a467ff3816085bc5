import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Logger, LogLevel } from "effect"
import { api, assertProblem, assertPublished } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import { play } from "./support/playback.ts"
import { serverPair } from "./support/serverPair.ts"
import { until } from "./support/waiting.ts"

describe("two servers that share a database and a folder", () => {
  it.scopedLive(
    "show and remove each other's videos, and complete the work of a killed server",
    () =>
      Effect.gen(function* () {
        const { first, folder, second } = yield* serverPair()
        const [one, two] = [api(first.url), api(second.url)]
        const small = yield* one.upload(fixture("moov-last.mp4"))
        const done = yield* two.settled(small.uuid)
        assertPublished(done, [144])
        assert.strictEqual((yield* play(String(done.playlistUrl))).length, 1)
        assert.strictEqual((yield* two.remove(small.uuid)).status, 204)
        assertProblem(yield* one.send(`/videos/${small.uuid}`), 404)

        const clip = yield* makeClip(folder, "clip.mp4", { size: "640x360", seconds: 8 })
        const { uuid } = yield* one.upload(clip)
        const isAtWork = Effect.map(two.video(uuid), ({ jobs }) => jobs.some(({ progress }) => Number(progress) > 0))
        yield* until("a runner works", isAtWork, (atWork) => atWork)
        yield* first.kill
        const video = yield* two.settled(uuid)
        assertPublished(video, [144, 240, 360])
        for (const { failures } of video.jobs)
          assert.isAtMost(failures, 1, "a result that was being stored counts as a try")
        deepStrictEqual(
          (yield* play(String(video.playlistUrl))).map(({ height }) => height),
          [144, 240, 360]
        )
        assert.notMatch(yield* second.log, /ERROR/)
      }).pipe(Effect.provide([Engine, Logger.minimumLogLevel(LogLevel.Warning)])),
    300_000
  )
})
