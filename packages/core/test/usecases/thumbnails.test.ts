import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Duration, Effect, Option } from "effect"
import { MediaProbe } from "../../src/ports/MediaProbe.ts"
import * as Media from "../../src/testing/media.ts"
import { removeFile, store, takeIn } from "../support/actions.ts"
import { makeWatch, outcome, withLog } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { makeWorld } from "../support/World.ts"

/** The seconds at which a picture of a video of this duration is taken. */
const momentOf = (duration: number) =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const moments: Array<number> = []
    const probe = Context.get(world.ports, MediaProbe)
    const frame: typeof probe.frame = (file, at, report) => {
      moments.push(Duration.toSeconds(at))
      assert.isDefined(report, "the file is examined a second time")
      return probe.frame(file, at, report)
    }
    const ports = Context.add(world.ports, MediaProbe, { ...probe, frame })
    yield* takeIn(yield* startProcess({ ...world, ports }), { source: Media.aVideo({ seconds: duration }) })
    return moments
  })

const request = { path: "uploads/cat.mov", destination: "videos/cat", picture: "uploads/cover.jpg" }

describe("the thumbnail of a video", () => {
  it.effect("is taken a tenth into it, but not later than after ten seconds", () =>
    Effect.gen(function* () {
      for (const [duration, moment] of [
        [0, 0],
        [5, 0.5],
        [60, 6],
        [100, 10],
        [4000, 10]
      ] as const) {
        deepStrictEqual(yield* momentOf(duration), [moment], `${duration} s`)
      }
    })
  )

  it.effect("is left out when none can be taken, and the log says so", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      watch.breakDown((call) => call === "MediaProbe.frame")
      const [video, log] = yield* withLog(takeIn(server))
      deepStrictEqual(video.thumbnailKey, Option.none())
      assert.include(log, "No thumbnail could be taken")
      assert.include(log, "connection refused")
      deepStrictEqual<ReadonlyArray<string>>(yield* server.world.files, ["uploads/cat.mov"])
    })
  )

  it.effect("is left out for audio that stays audio", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const video = yield* takeIn(server, { source: Media.anAudioFile() })
      deepStrictEqual(video.thumbnailKey, Option.none())
      assert.strictEqual(watch.count("MediaProbe.frame"), 0)
    })
  )

  it.effect("may be given by a picture of 32 MiB, and by no larger one", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      yield* store(server.world, request.path, Media.aVideo())
      const storePicture = (size: number) => {
        const bytes = new Uint8Array(size).fill(" ".charCodeAt(0))
        bytes.set(Media.aPicture())
        return store(server.world, request.picture, bytes)
      }
      yield* storePicture(32 * 1024 ** 2)
      const { thumbnailKey } = yield* server.transcoding.transcodeVideo(request)
      assert.isTrue(Option.isSome(thumbnailKey))
      yield* storePicture(32 * 1024 ** 2 + 1)
      const error = yield* Effect.flip(server.transcoding.transcodeVideo(request))
      assert.strictEqual(error.message, "The picture is larger than 33554432 bytes.")
    })
  )
})

describe("a file that disappears while its video is taken in", () => {
  const gone = [
    ["the upload", "uploads/cat.mov", "FileStorage.source", 1, "VideoFileNotFound"],
    ["the picture, before it is probed", "uploads/cover.jpg", "FileStorage.source", 2, "PictureNotFound"],
    ["the picture, before it is copied", "uploads/cover.jpg", "FileStorage.write", 1, "PictureNotFound"]
  ] as const
  it.effect.each(gone)("is named: %s", ([, key, call, nth, tag]) =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { world } = server
      yield* store(world, request.path, Media.aVideo())
      yield* store(world, request.picture, Media.aPicture())
      const remaining = (yield* world.files).filter((file) => file !== key)
      meanwhile.before(call, removeFile(world, key), nth)
      assert.strictEqual(yield* outcome(server.transcoding.transcodeVideo(request)), tag)
      deepStrictEqual(yield* world.files, remaining)
    })
  )
})
