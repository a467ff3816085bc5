import { assert, it } from "@effect/vitest"
import { aVideoId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import * as Media from "../../src/testing/media.ts"
import type { InputFile } from "../../src/usecases/runner/JobFiles.ts"
import { acceptNext, aHeldJob, register, store, succeed, takeIn } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { aProcess } from "../support/Process.ts"
import { asTimeGoesBy } from "../support/time.ts"

it.effect("a runner finds the source and the picture of its job's video, by UUID and by number", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { claim, video } = yield* aHeldJob(server)
    for (const name of [video.id, video.id.toUpperCase(), String(video.number)]) {
      const find = (file: InputFile) => server.jobFiles.find(claim, name, file)
      assert.strictEqual(yield* find("maxQuality"), Option.getOrThrow(video.sourceKey))
      assert.strictEqual(yield* find("maxQualityAudio"), Option.getOrThrow(video.sourceKey))
      assert.strictEqual(yield* find("thumbnail"), Option.getOrThrow(video.thumbnailKey))
    }
  })
)

it.effect("the source is what the host handed in, also when a rendition of the same size is there", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    const video = yield* takeIn(server, { settings: { resolutions: [360, 720] } })
    yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
    const { claim } = yield* acceptNext(server, runner)
    const found = yield* server.jobFiles.find(claim, video.id, "maxQuality")
    assert.strictEqual(found, Option.getOrThrow(video.sourceKey))
  })
)

it.effect("a runner finds nothing of another video, of a video that there is not, and no picture of a recording", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { claim, video: recording } = yield* aHeldJob(server, { source: Media.anAudioFile() })
    yield* store(server.world, "uploads/dog.mov", Media.aVideo())
    const other = yield* server.transcoding.transcodeVideo({ path: "uploads/dog.mov", destination: "videos/dog" })
    const find = (name: string, file: InputFile = "maxQuality") => outcome(server.jobFiles.find(claim, name, file))
    assert.strictEqual(yield* find(other.id), "VideoNotOfJob")
    assert.strictEqual(yield* find(String(other.number)), "VideoNotOfJob")
    assert.strictEqual(yield* find(aVideoId()), "UnknownVideo")
    assert.strictEqual(yield* find(recording.id, "thumbnail"), "MissingInput")
    server.world.state.videos.delete(recording.id)
    assert.strictEqual(yield* find(recording.id), "UnknownVideo")
  })
)
