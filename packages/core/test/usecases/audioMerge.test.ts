import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Option, Stream } from "effect"
import { FileKey } from "../../src/domain/FileKey.ts"
import { greyJpeg } from "../../src/domain/media/greyJpeg.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import * as Media from "../../src/testing/media.ts"
import type { TranscodeVideo } from "../../src/usecases/video/Transcoding.ts"
import {
  acceptNext,
  aHeldJob,
  jobOf,
  jobsOf,
  register,
  resolutionOf,
  store,
  succeed,
  takeIn,
  videoOf
} from "../support/actions.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const sound = Media.anAudioFile()
const path = "uploads/cover.jpg"

const aServer = (bytes: Uint8Array = Media.aPicture()) =>
  Effect.tap(aProcess(), (server) => store(server.world, path, bytes))

const kinds = ({ world }: Process) => jobsOf(world).map((job) => `${job.type.split("-")[1]} ${resolutionOf(job)}`)

const bytesOf = ({ world }: Process, key: FileKey) =>
  Context.get(world.ports, FileStorage)
    .read(key)
    .pipe(Stream.runFold(new Uint8Array(), (all, chunk) => Uint8Array.from([...all, ...chunk])))

describe("sound with a picture", () => {
  it.effect("waits for the merge; the picture is the video's, and dies with it", () =>
    Effect.gen(function* () {
      const server = yield* aServer(Media.aPicture({ kind: "png" }))
      const video = yield* takeIn(server, { source: sound, picture: path, baseName: "song" })
      deepStrictEqual(kinds(server), ["audio 480", "hls 0", "hls 360", "hls 480"])
      const key = Option.getOrThrow(video.thumbnailKey)
      assert.match(key, /^videos\/cat\/song-[0-9a-f-]{36}-thumbnail\.png$/)
      deepStrictEqual(yield* bytesOf(server, key), Media.aPicture({ kind: "png" }))
      yield* Effect.orDie(server.removal.removeVideo(video.id, { keepSource: true }))
      deepStrictEqual(yield* server.world.files, [FileKey.make("uploads/cat.mov"), FileKey.make(path)])
    })
  )

  it.effect(
    "becomes a video of the picture's size, from which the renditions are made; then the merged file goes",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer()
        const { world } = server
        const { held, runner, video } = yield* aHeldJob(server, { source: sound, picture: path })
        const made = { media: Media.aVideo({ width: 640, height: 360, seconds: 60.5 }) }
        yield* asTimeGoesBy(succeed(server, held, aResult(world, 480, made)))
        yield* assertConsistent(world)
        const merged = videoOf(world, video)
        deepStrictEqual(merged.source.duration, Option.some(60.5))
        assert.isTrue(merged.source.hasVideo)
        deepStrictEqual([merged.sourceKey, merged.soundKey], [Option.none(), Option.some("uploads/cat.mov")])
        assert.strictEqual(merged.state, "ToTranscode")
        yield* Context.get(world.ports, FileStorage).remove(FileKey.make(path))
        yield* goOn(server, runner)
        const after = videoOf(world, video)
        deepStrictEqual(
          [after.state, after.webVideos, after.files.map(({ resolution }) => resolution)],
          ["Published", [], [0, 360, 480]]
        )
        deepStrictEqual(after.soundKey, Option.some("uploads/cat.mov"))
      })
  )

  it.effect("that is not to be kept goes with the merge", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const plan = { audioMerge: true, keepSource: false, webVideos: true }
      const video = yield* takeIn(server, { source: sound, plan })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const { soundKey, sourceKey, state } = videoOf(server.world, video)
      deepStrictEqual([sourceKey, soundKey, state], [Option.none(), Option.none(), "Published"])
      yield* goOn(server, runner)
    })
  )

  it.effect("a merge without sound is refused", () =>
    Effect.gen(function* () {
      const server = yield* aServer()
      const { held } = yield* aHeldJob(server, { source: sound, picture: path })
      const silent = { media: Media.aVideo({ height: 480, width: 854, hasAudio: false }) }
      yield* asTimeGoesBy(succeed(server, held, aResult(server.world, 480, silent)))
      assert.strictEqual(jobOf(server.world, held.job.id).failures, 1)
    })
  )

  it.effect("stays sound when the plan says so; and a video keeps the picture that it was given", () =>
    Effect.gen(function* () {
      const server = yield* aServer()
      const recording = yield* takeIn(server, { source: sound, picture: path, plan: { audioMerge: false } })
      deepStrictEqual(kinds(server), ["hls 0"])
      assert.isTrue(Option.isSome(recording.thumbnailKey))
      const other = yield* aServer()
      const video = yield* takeIn(other, { picture: path, settings: { resolutions: [360] } })
      deepStrictEqual(kinds(other), ["hls 360"])
      deepStrictEqual(yield* bytesOf(other, Option.getOrThrow(video.thumbnailKey)), Media.aPicture())
    })
  )
})

it.effect("sound that is to become a video without a picture gets a plain one", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const video = yield* takeIn(server, { source: sound, plan: { audioMerge: true } })
    deepStrictEqual(kinds(server), ["audio 480", "hls 0", "hls 360", "hls 480"])
    const key = Option.getOrThrow(video.thumbnailKey)
    assert.match(key, /thumbnail\.jpg$/)
    deepStrictEqual(yield* bytesOf(server, key), greyJpeg(854, 480))
  })
)

describe("a picture is refused, and nothing is left,", () => {
  const wrong: Record<string, readonly [Uint8Array | undefined, Partial<TranscodeVideo>, string]> = {
    "that is not there": [undefined, {}, "PictureNotFound"],
    "that is none": [Media.aVideo(), {}, "UnusablePicture"],
    "that no probe can read": [new Uint8Array(), {}, "UnusablePicture"],
    "of a kind that not all can show": [Media.aPicture({ kind: "webp" }), {}, "UnusablePicture"],
    "that is far too large": [new Uint8Array(32 * 1024 ** 2 + 1), {}, "UnusablePicture"],
    "whose key leaves the storage": [Media.aPicture(), { picture: "../cover.jpg" }, "InvalidRequest"]
  }
  for (const [name, [bytes, over, tag]] of Object.entries(wrong)) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        yield* store(server.world, "uploads/cat.mov", sound)
        if (bytes !== undefined) yield* store(server.world, path, bytes)
        const before = yield* server.world.files
        const asked = { path: "uploads/cat.mov", destination: "videos/cat", picture: path, ...over }
        assert.strictEqual((yield* Effect.flip(server.transcoding.transcodeVideo(asked)))._tag, tag)
        deepStrictEqual(yield* server.world.files, before)
        assert.strictEqual(server.world.state.videos.size, 0)
      })
    )
  }
})
