import { join } from "node:path"
import { FileSystem } from "@effect/platform"
import { assert, layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { availableJobs } from "@runner-connector/contracts"
import { FileKey, FileStorage, Runners, Transcoding, VideoStore } from "@runner-connector/core"
import { Effect, LogLevel, Schedule } from "effect"
import { fixture } from "./support/clips.ts"
import { Answered, Database, Folder, layer as host } from "./support/OwnHost.ts"
import { until } from "./support/waiting.ts"
import { filesBelow } from "./support/workspace.ts"

/** Creates a video of two seconds and waits until it has ended. */
const transcode = (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const storage = yield* FileStorage.FileStorage
    const transcoding = yield* Transcoding.Transcoding
    const videos = yield* VideoStore.VideoStore
    const key = FileKey.FileKey.make(`uploads/${name}.mp4`)
    yield* storage.write(key, fs.stream(fixture("moov-last.mp4")))
    const { id } = yield* transcoding
      .transcodeVideo({ path: key, destination: `videos/${name}` })
      .pipe(Effect.retry(Schedule.spaced("100 millis").pipe(Schedule.upTo("1 minute"))))
    return yield* until(
      "the video has ended",
      Effect.flatten(videos.find(id)),
      ({ endedAt }) => endedAt._tag === "Some"
    )
  })

/** The answers to requests during the effect. */
const during = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const answered = yield* Answered
    const before = answered.length
    const result = yield* effect
    return { result, answers: answered.slice(before) }
  })

const registered = Effect.flatMap(Runners.Runners, (runners) => runners.list({ start: 0, count: 10 }))

layer(host({ runners: 1, resolutions: [144], settings: { customUploads: true }, logLevel: LogLevel.None }), {
  excludeTestServices: true,
  timeout: "5 minutes"
})("a runner that is connected", (it) => {
  it.effect(
    "uploads both files of a rendition before the result when enabled",
    () =>
      Effect.gen(function* () {
        const { answers, result } = yield* during(transcode("a"))
        deepStrictEqual([result.state, result.files.map((file) => file.resolution)], ["Published", [144, 180]])
        const brought = answers.filter((line) => line.startsWith("PUT") || line.includes("success"))
        const [firstFile, firstPlaylist, ...rest] = brought.map((line) => line.replace(/ \d+$/, ""))
        deepStrictEqual([firstFile, firstPlaylist], ["PUT videoFile", "PUT resolutionPlaylistFile"])
        // The runner makes the second rendition while the first is checked.
        deepStrictEqual(rest.toSorted(), [
          ...["POST success", "POST success"],
          ...["PUT resolutionPlaylistFile", "PUT videoFile"]
        ])
        assert.strictEqual(rest.at(-1), "POST success")
        assert.isTrue(brought.every((line) => line.endsWith(" 204")))
        const storage = yield* FileStorage.FileStorage
        for (const file of result.files) assert.strictEqual((yield* storage.stat(file.key)).size, file.size)
        const left = yield* filesBelow(join(yield* Folder, "storage", "custom-uploads"))
        deepStrictEqual(left, [])
      }),
    300_000
  )

  it.effect(
    "stays registered during a PostgreSQL outage and continues afterwards",
    () =>
      Effect.gen(function* () {
        const database = yield* Database
        const before = yield* registered
        yield* database.stop
        const answered = yield* Answered
        const from = answered.length
        yield* availableJobs
        const asked = yield* until(
          "the runner has asked a server without a database, more than once",
          Effect.sync(() => answered.slice(from)),
          (lines) => lines.filter((line) => line === "POST request 503").length > 1
        )
        deepStrictEqual([...new Set(asked)], ["POST request 503"])
        yield* database.start
        const { answers, result } = yield* during(transcode("b"))
        deepStrictEqual(result.state, "Published")
        assert.isFalse([...asked, ...answers].some((line) => /register| 404/.test(line)))
        const after = yield* registered
        deepStrictEqual(
          after.data.map(({ id }) => id),
          before.data.map(({ id }) => id)
        )
        assert.strictEqual(answered.filter((line) => line.startsWith("POST register")).length, 1)
      }),
    300_000
  )
})
