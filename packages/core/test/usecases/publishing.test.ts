import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { uploadKeyOf } from "../../src/ports/Tokens.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, aHeldJob, jobOf, jobsOf, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { makeWatch } from "../support/calls.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, type Process, type ProcessOptions } from "../support/Process.ts"
import { aResult, upload } from "../support/results.ts"
import { workOnce } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const demandsOf = ({ world }: Process) => world.demands.splice(0).map(({ jobs, type }) => `${jobs} ${type}`)

describe("a published result", () => {
  it.effect("makes runners work on the jobs that waited for it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aHeldJob(server, { plan: { graph: "peertube" } })
      demandsOf(server)
      const waiting = jobsOf(server.world).filter(({ parentId }) => Option.contains(parentId, held.job.id))
      assert.isNotEmpty(waiting)
      yield* asTimeGoesBy(succeed(server, held))
      for (const { id } of waiting) assert.strictEqual(jobOf(server.world, id).state, "Pending")
      deepStrictEqual(demandsOf(server), [`${waiting.length} vod-hls-transcoding`])
    })
  )

  it.effect("makes runners work on the jobs that follow from it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, { settings: { resolutions: [360] } })
      yield* asTimeGoesBy(workOnce(server, runner))
      yield* server.editing.editVideo(id, [{ name: "cut", options: { start: 10, end: 40 } }])
      const held = yield* acceptNext(server, runner)
      demandsOf(server)
      yield* asTimeGoesBy(succeed(server, held))
      deepStrictEqual(demandsOf(server), ["1 vod-hls-transcoding"])
    })
  )

  it.effect("does not publish a video that has only its audio", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, { plan: { splitAudio: true }, settings: { resolutions: [360] } })
      const states: Array<string> = []
      for (let jobs = 0; jobs < 2; jobs++) {
        yield* asTimeGoesBy(workOnce(server, runner))
        states.push(videoOf(server.world, { id }).state)
      }
      deepStrictEqual(states, ["ToTranscode", "Published"])
    })
  )

  it.effect("does not publish a video whose first job only prepares it for the others", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const { id } = yield* takeIn(server, { source: Media.anAudioFile(), plan: { audioMerge: true } })
      yield* asTimeGoesBy(workOnce(server, runner))
      const { state, webVideos } = videoOf(server.world, { id })
      deepStrictEqual([state, webVideos.length], ["ToTranscode", 1])
      for (let jobs = 0; jobs < 2; jobs++) yield* asTimeGoesBy(workOnce(server, runner))
      assert.strictEqual(videoOf(server.world, { id }).state, "Published")
    })
  )

  it.effect("is written although the video changes at the same moment", () =>
    Effect.gen(function* () {
      const meanwhile = makeMeanwhile()
      const server = yield* aProcess(meanwhile)
      const { world } = server
      const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const touch = Effect.sync(() => world.state.videos.set(video.id, { ...video, revision: video.revision + 1 }))
      meanwhile.before("VideoStore.save", touch)
      yield* asTimeGoesBy(succeed(server, held))
      assert.isTrue(meanwhile.hasHappened())
      assert.lengthOf(videoOf(world, video).files, 1)
      assert.strictEqual(jobOf(world, held.job.id).failures, 0)
    })
  )
})

describe("files that waited for a result", () => {
  const uploaded = (options: ProcessOptions) =>
    Effect.gen(function* () {
      const server = yield* aProcess({ ...options, settings: { customUploads: true } })
      const { world } = server
      const { held, video } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      const address = { id: held.job.id, key: yield* uploadKeyOf(held.claim.jobToken), file: "videoFile" }
      yield* server.customUploads.store(address, upload(world, "part", new Uint8Array([1])))
      const key = `custom-uploads/${Option.getOrThrow(held.job.attemptId)}-videoFile`
      return { server, world, video, held, key }
    })

  it.effect("are removed once it is published", () =>
    Effect.gen(function* () {
      const { held, key, server, video, world } = yield* uploaded({})
      assert.include(yield* world.files, key)
      yield* asTimeGoesBy(succeed(server, held, aResult(world, 360)))
      assert.notInclude(yield* world.files, key)
      const pending = videoOf(world, video).pendingDeletion.map((file) => String(file.key))
      assert.include(pending, key, "so that a crash in between leaves nothing")
    })
  )

  it.effect("do not keep it from being published when they cannot be removed", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const { held, server, video, world } = yield* uploaded(watch)
      watch.breakDown((call) => call === "FileStorage.remove")
      yield* asTimeGoesBy(succeed(server, held, aResult(world, 360)))
      assert.strictEqual(jobOf(world, held.job.id).state, "Completed")
      assert.isTrue(Option.isSome(videoOf(world, video).endedAt))
    })
  )

  it.effect("are removed when the video is gone, too", () =>
    Effect.gen(function* () {
      const { held, key, server, video, world } = yield* uploaded({})
      world.state.videos.delete(video.id)
      yield* asTimeGoesBy(succeed(server, held, aResult(world, 360)))
      assert.strictEqual(jobOf(world, held.job.id).state, "Completed")
      assert.notInclude(yield* world.files, key)
    })
  )
})
