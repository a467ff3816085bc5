import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Logger, LogLevel, Redacted } from "effect"
import { api, assertProblem, assertPublished } from "./support/Api.ts"
import { Engine, fixture, makeClip } from "./support/clips.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { play } from "./support/playback.ts"
import { until } from "./support/waiting.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

/** Two servers with a runner each, one shared database and one shared folder. */
const pair = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const { url } = yield* EmbeddedPostgres.start({ directory: join(folder, "postgres"), fsync: false })
  const env = {
    DATABASE_URL: Redacted.value(url),
    // Longer than the debounce interval of pings.
    RUNNER_UPKEEP_INTERVAL: "1500 millis",
    RUNNER_VOD_SILENCE: "4 seconds",
    RUNNER_COMPLETION_SILENCE: "2 seconds",
    TRANSCODING_RESOLUTIONS_144P: "true",
    TRANSCODING_RESOLUTIONS_240P: "true"
  }
  const storage = join(folder, "storage")
  const serverOn = (name: string) =>
    Effect.gen(function* () {
      const dataDir = join(folder, name)
      yield* Effect.promise(async () => {
        await mkdir(dataDir)
        await symlink(storage, join(dataDir, "storage"))
      })
      return yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
    })
  yield* Effect.promise(() => mkdir(storage))
  const [first, second] = yield* Effect.all([serverOn("first"), serverOn("second")], { concurrency: 2 })
  return { folder, first, second }
})

describe("two servers that share a database and a folder", () => {
  it.scopedLive(
    "show and remove each other's videos, and complete the work of a killed server",
    () =>
      Effect.gen(function* () {
        const { first, folder, second } = yield* pair
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
    120_000
  )
})
