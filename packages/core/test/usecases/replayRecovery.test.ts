import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Option } from "effect"
import { isReplayDue } from "../../src/domain/live/LiveMachine.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { until } from "../../src/testing/eventually.ts"
import { jobsOf, videoOf } from "../support/actions.ts"
import { makeWatch, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { aRunningLive, pictureVariant, segment, soundVariant } from "../support/live.ts"
import { type Around, type Process, startProcess } from "../support/Process.ts"
import { endLive, reportSegments } from "../support/replay.ts"
import { asTimeGoesBy, turn } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const both = { [soundVariant]: segment(soundVariant), [pictureVariant]: segment(pictureVariant) }

/** A live with a replay, whose runner has stored one segment of each variant. */
const aLiveToRecord = (server: Process) =>
  Effect.gen(function* () {
    const { held, video } = yield* aRunningLive(server, { replay: true })
    yield* reportSegments(server, held, both)
    return { held, video }
  })

const recordingsIn = (world: World) =>
  Effect.map(world.files, (files) => files.flatMap((key) => /-(recording.*|thumbnail\.jpg)$/.exec(key)?.slice(1) ?? []))

const isRecorded = (world: World, video: Video) => () => videoOf(world, video).state === "ToTranscode"

/** A live that ended while this call failed, and the server that tried to make the replay then. */
const failedAt = (isBroken: (call: string) => boolean) =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const watch = makeWatch()
    const server = yield* startProcess(world, { around: watch.around })
    const { held, video } = yield* aLiveToRecord(server)
    let tries = 0
    watch.breakDown((call) => isBroken(call) && ++tries > 0)
    yield* endLive(server, held)
    yield* until("it was tried", () => tries > 0)
    yield* server.stop
    watch.breakDown(() => false)
    return { world, video }
  })

describe("a replay that a server did not finish", () => {
  it.effect("is made from the recording when that was complete", () =>
    Effect.gen(function* () {
      let saves = 0
      const { video, world } = yield* failedAt((call) => call === "VideoStore.save" && ++saves > 1)
      deepStrictEqual(yield* recordingsIn(world), ["recording.mp4", "thumbnail.jpg"])
      assert.isTrue(isReplayDue(videoOf(world, video)))
      const watch = makeWatch()
      const next = yield* startProcess(world, { around: watch.around })
      yield* next.upkeep
      yield* until("the live was recorded", isRecorded(world, video))
      deepStrictEqual([watch.count("MediaRemuxer.toMp4"), watch.count("FileStorage.adopt")], [0, 0])
      const { soundKey, source, sourceKey, thumbnailKey } = videoOf(world, video)
      assert.match(Option.getOrThrow(sourceKey), /-recording\.mp4$/)
      assert.deepInclude(source, { hasVideo: true, hasAudio: true, height: 360 })
      deepStrictEqual(soundKey, Option.none())
      assert.isTrue(Option.isSome(thumbnailKey))
      deepStrictEqual(yield* recordingsIn(world), ["recording.mp4", "thumbnail.jpg"])
    })
  )

  it.effect("does not join the segments of a variant again", () =>
    Effect.gen(function* () {
      const { video, world } = yield* failedAt((call) => call === "MediaRemuxer.toMp4")
      deepStrictEqual(yield* recordingsIn(world), ["recording-0.ts", "recording-1.ts"])
      const watch = makeWatch()
      const next = yield* startProcess(world, { around: watch.around })
      yield* next.upkeep
      yield* until("the live was recorded", isRecorded(world, video))
      assert.strictEqual(watch.count("FileStorage.write"), 1, "only the thumbnail is written")
      deepStrictEqual(yield* recordingsIn(world), ["recording.mp4", "thumbnail.jpg"])
    })
  )
})

describe("a replay that is being made", () => {
  it.effect("is not begun again by upkeep of the same server", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const gate = yield* makeGate("MediaRemuxer.toMp4")
      const server = yield* startProcess(world, gate)
      const { held, video } = yield* aLiveToRecord(server)
      yield* endLive(server, held)
      yield* until("it is being made", () => gate.waiting() === 1)
      yield* server.upkeep
      yield* Effect.repeatN(turn, 20)
      assert.strictEqual(gate.waiting(), 1)
      yield* gate.open
      yield* until("the live was recorded", isRecorded(world, video))
    })
  )

  it.effect("is left to upkeep when it fails, and the log says so", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const world = yield* makeWorld
      const server = yield* startProcess(world, watch)
      const { held, video } = yield* aLiveToRecord(server)
      watch.breakDown((call) => call === "MediaRemuxer.toMp4")
      const [, log] = yield* withLog(
        Effect.zipRight(
          endLive(server, held),
          Effect.repeat(turn, {
            until: () => watch.count("VideoStore.find") > 0 && watch.count("MediaRemuxer.toMp4") > 0
          })
        ).pipe(Effect.zipRight(Effect.repeatN(turn, 20)))
      )
      assert.include(log, "A replay could not be made now; upkeep will try again")
      assert.isTrue(isReplayDue(videoOf(world, video)))
    })
  )
})

describe("a replay that two servers make", () => {
  /** The slow server is held at its first call of this name after the live has ended. */
  const slowAt = (call: string) =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      let isClosed = false
      const gate = yield* makeGate(call, { isClosed: () => isClosed })
      const watch = makeWatch()
      const around: Around = (name, effect) => watch.around(name, gate.around(name, effect))
      const slow = yield* startProcess(world, { around })
      const other = yield* startProcess(world)
      const { held, video } = yield* aLiveToRecord(slow)
      isClosed = true
      yield* endLive(slow, held)
      yield* until("the slow server was held", () => gate.waiting() > 0)
      // It reads the video before it deletes recordings, and again when it tries once more.
      const resume = Effect.gen(function* () {
        const reads = watch.count("VideoStore.find")
        yield* gate.open
        yield* asTimeGoesBy(until("it read the video twice", () => watch.count("VideoStore.find") >= reads + 2))
      })
      return { other, resume, video, world }
    })

  it.effect("is made once, and the slower server deletes nothing that the video uses", () =>
    Effect.gen(function* () {
      const { other, resume, video, world } = yield* slowAt("MediaRemuxer.toMp4")
      yield* other.upkeep
      yield* until("the other server recorded the live", isRecorded(world, video))
      const { revision } = videoOf(world, video)
      yield* resume
      assert.strictEqual(videoOf(world, video).revision, revision)
      assert.strictEqual(jobsOf(world).length, 2)
      assert.includeMembers([...(yield* recordingsIn(world))], ["recording.mp4", "thumbnail.jpg"])
    })
  )

  it.effect("is forgotten when the video is removed meanwhile, and nothing is left", () =>
    Effect.gen(function* () {
      const { other, resume, video, world } = yield* slowAt("MediaRemuxer.toMp4")
      yield* other.removal.removeVideo(video.id)
      deepStrictEqual(yield* world.files, [])
      yield* resume
      deepStrictEqual(yield* world.files, [])
      assert.strictEqual(jobsOf(world).length, 1)
    })
  )
})
