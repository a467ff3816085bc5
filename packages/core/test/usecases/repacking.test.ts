import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { inputsOf } from "../../src/domain/video/VideoInputs.ts"
import { UnreadableMedia } from "../../src/ports/MediaProbe.ts"
import * as Media from "../../src/testing/media.ts"
import { jobsOf, store, takeIn } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { aProcess } from "../support/Process.ts"

const stream = Media.aVideo({ format: "mpegts", width: 640, height: 360 })

describe("an upload from which runners cannot copy the audio", () => {
  it.effect("is moved into MP4, and runners get that", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, { source: stream })
      const { media, sound } = Option.getOrThrow(inputsOf(video))
      assert.match(media, /^videos\/cat\/[0-9a-f-]{36}-repacked\.mp4$/)
      deepStrictEqual(sound, Option.none())
      assert.include(yield* server.world.files, media)
      deepStrictEqual(video.sourceKey, Option.some("uploads/cat.mov"))
      deepStrictEqual([...server.world.disk.keys()], [], "nothing stays on the disk")
      for (const job of jobsOf(server.world)) assert.deepInclude(job.privatePayload, { separatedSound: false })
    })
  )

  it.effect("stays as it is if MP4 cannot hold it, and the log says so", () =>
    Effect.gen(function* () {
      const reason = "The tracks of the file cannot be copied into an MP4 file."
      const server = yield* aProcess({
        around: (call, effect) =>
          call === "MediaRemuxer.toMp4" ? Effect.fail(new UnreadableMedia({ reason }) as never) : effect
      })
      const [video, log] = yield* withLog(takeIn(server, { source: stream }))
      deepStrictEqual(
        Option.map(inputsOf(video), ({ media }) => media),
        Option.some("uploads/cat.mov")
      )
      deepStrictEqual(video.soundKey, Option.none())
      assert.include(log, reason)
    })
  )

  it.effect("is not taken in while that cannot be done, and nothing is left", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      watch.breakDown((call) => call === "MediaRemuxer.toMp4")
      const server = yield* aProcess(watch)
      yield* store(server.world, "uploads/cat.ts", stream)
      const taken = server.transcoding.transcodeVideo({ path: "uploads/cat.ts", destination: "videos/cat" })
      assert.strictEqual((yield* Effect.flip(taken))._tag, "ProbeError")
      deepStrictEqual<ReadonlyArray<string>>(yield* server.world.files, ["uploads/cat.ts"])
      deepStrictEqual(server.world.state.videos.size, 0)
    })
  )

  it.effect("is removed together with its video, which keeps the upload", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, { source: stream })
      yield* server.removal.removeVideo(video.id, { keepSource: true })
      deepStrictEqual<ReadonlyArray<string>>(yield* server.world.files, ["uploads/cat.mov"])
    })
  )
})
