import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aVideoId } from "@runner-connector/contracts"
import { Effect, Option } from "effect"
import { storyboardKey } from "../../src/domain/video/FileNames.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, jobOf, jobsOf, readText, register, request, succeed, takeIn, videoOf } from "../support/actions.ts"
import { outcome } from "../support/calls.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aProcess, type Process } from "../support/Process.ts"
import { aStoryboard } from "../support/results.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"

const hooks = ({ world }: Process) => world.told.map(({ hook }) => hook)

/** A video with one rendition, and a runner. */
const aVideo = Effect.gen(function* () {
  const server = yield* aProcess()
  const runner = yield* register(server)
  const video = yield* takeIn(server, { settings: { resolutions: [360] } })
  yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
  return { server, runner, video }
})

describe("a storyboard", () => {
  it.effect("is made with a new video when its plan says so, after all renditions, and nothing waits for it", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { plan: { storyboard: true } })
      const types = (yield* request(server, runner)).map(({ type }) => type)
      deepStrictEqual(types, ["vod-hls-transcoding", "vod-hls-transcoding", "generate-video-storyboard"])
      for (let n = 0; n < 2; n++) yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
      yield* goOn(server, runner)
      assert.isTrue(Option.isSome(videoOf(server.world, video).storyboard))
      deepStrictEqual(hooks(server).slice(-2), ["transcodingEnded", "storyboardReady"])
    })
  )

  it.effect.each([
    ["shorter than three seconds", Media.aVideo({ seconds: 2.9 })],
    ["without a picture", Media.anAudioFile()]
  ] as const)("is not made of a video %s", ([, source]) =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const video = yield* takeIn(server, { source, plan: { storyboard: true } })
      deepStrictEqual(
        jobsOf(server.world).filter(({ awaited }) => !awaited),
        []
      )
      assert.strictEqual(yield* outcome(server.storyboards.makeStoryboard(video.id)), "UnusableMedia")
    })
  )

  it.effect("of a video that is there takes the place of the one before", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo
      const { world } = server
      for (let n = 0; n < 2; n++) {
        yield* server.storyboards.makeStoryboard(video.id)
        yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      }
      const [first, second] = jobsOf(world)
        .slice(1)
        .map(({ attemptId }) => storyboardKey(video, Option.getOrThrow(attemptId)))
      const { storyboard, pendingDeletion } = videoOf(world, video)
      const { key, trackKey } = Option.getOrThrow(storyboard)
      assert.strictEqual(key, second)
      assert.include(
        pendingDeletion.map((file) => file.key),
        first
      )
      const track = yield* readText(world, trackKey)
      assert.match(
        track,
        /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.000\n[0-9a-f-]{36}-storyboard\.jpg#xywh=0,0,192,108\n/
      )
      deepStrictEqual(hooks(server).slice(-2), ["storyboardReady", "storyboardReady"])
      yield* goOn(server, runner)
    })
  )

  it.effect.each([
    ["of another size", Media.aPicture({ width: 960, height: 648 })],
    ["that is no JPEG", Media.aPicture({ width: 1920, height: 648, kind: "png" })],
    ["that is a video", Media.aVideo({ width: 1920, height: 648 })]
  ] as const)("%s is refused", ([, bytes]) =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo
      const { id } = yield* server.storyboards.makeStoryboard(video.id)
      const held = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, held, aStoryboard(server.world, bytes)))
      deepStrictEqual([jobOf(server.world, id).state, jobOf(server.world, id).failures], ["Pending", 1])
      assert.isTrue(Option.isNone(videoOf(server.world, video).storyboard))
      yield* assertConsistent(server.world)
    })
  )

  it.effect("of a source that has been replaced meanwhile is not kept", () =>
    Effect.gen(function* () {
      const { runner, server, video } = yield* aVideo
      const { id } = yield* server.storyboards.makeStoryboard(video.id)
      const held = yield* acceptNext(server, runner)
      const before = videoOf(server.world, video)
      const source = { ...before.source, duration: Option.some(30) }
      server.world.state.videos.set(video.id, { ...before, source })
      yield* asTimeGoesBy(succeed(server, held))
      assert.strictEqual(jobOf(server.world, id).state, "Completed")
      assert.isTrue(Option.isNone(videoOf(server.world, video).storyboard))
      yield* goOn(server, runner)
    })
  )

  it.effect("is refused twice at once, for an unknown video, and for one without a file", () =>
    Effect.gen(function* () {
      const { server, video } = yield* aVideo
      const make = (id = video.id) => outcome(server.storyboards.makeStoryboard(id))
      const answers = yield* Effect.all([make(), make()], { concurrency: 2 })
      deepStrictEqual(answers.toSorted(), ["VideoBusy", "ok"])
      assert.strictEqual(yield* make(aVideoId()), "UnknownVideo")
      const bare = { ...videoOf(server.world, video), sourceKey: Option.none(), files: [] }
      server.world.state.videos.set(video.id, bare)
      for (const { awaited, id } of jobsOf(server.world)) if (!awaited) yield* server.admin.cancel(id)
      assert.strictEqual(yield* make(), "MissingInput")
    })
  )
})
