import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Fiber, Option } from "effect"
import type { RunnerJob } from "../../src/domain/job/RunnerJob.ts"
import { masterKey, mediaKey, nameOf, playlistKey } from "../../src/domain/video/FileNames.ts"
import { until } from "../../src/testing/eventually.ts"
import * as Media from "../../src/testing/media.ts"
import { acceptNext, aHeldJob, jobOf, readText, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { losingAnswer, makeWatch, outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { makeMeanwhile } from "../support/meanwhile.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { aResult } from "../support/results.ts"
import { asTimeGoesBy, turn } from "../support/time.ts"
import type { World } from "../support/World.ts"

const attemptIdOf = (job: RunnerJob): string => Option.getOrThrow(job.attemptId)

const told = (world: World) => world.told.map(({ hook, state }) => `${hook} ${state}`)

const size = (height: number): number => Media.aVideo({ height, width: Math.round((height * 16) / 9) }).length

describe("a good result", () => {
  it.effect("is stored under our names, published at once, and the last one ends the video", () =>
    Effect.gen(function* () {
      const watch = makeWatch()
      const server = yield* aProcess(watch)
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { baseName: "cat" })
      const place = { destination: video.destination, baseName: video.baseName }

      const low = yield* acceptNext(server, runner)
      const result = aResult(world, 360)
      yield* asTimeGoesBy(succeed(server, low, result))
      deepStrictEqual(told(world), ["renditionReady Published", "videoPlayable Published"])
      assert.strictEqual(result.released(), 1)
      deepStrictEqual([...world.disk.keys()], [], "nothing of the upload is left on the disk")

      const lowId = attemptIdOf(jobOf(world, low.job.id))
      const stored = yield* readText(world, playlistKey(place, lowId, 360))
      const ours = nameOf(mediaKey(place, lowId, 360))
      assert.strictEqual(stored, Media.aPlaylist(Media.mediaName(360)).replaceAll(Media.mediaName(360), ours))

      const high = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, high))
      const highId = attemptIdOf(jobOf(world, high.job.id))
      const after = videoOf(world, video)
      deepStrictEqual(after.playlistKey, Option.some(masterKey(place, highId)))
      assert.strictEqual(
        yield* readText(world, masterKey(place, highId)),
        `#EXTM3U
#EXT-X-VERSION:3



#EXT-X-STREAM-INF:BANDWIDTH=${Math.ceil((size(360) * 8) / 60)},RESOLUTION=640x360,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2"
cat-${lowId}-360.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=${Math.ceil((size(480) * 8) / 60)},RESOLUTION=853x480,FRAME-RATE=30,CODECS="avc1.64001e,mp4a.40.2"
cat-${highId}-480.m3u8
`
      )
      deepStrictEqual(
        after.pendingDeletion.map(({ key }) => key),
        [masterKey(place, lowId)]
      )
      assert.isTrue(Option.isSome(after.endedAt))
      assert.strictEqual(watch.count("MediaProbe.probe"), 3, "each file was looked at once")
      deepStrictEqual(told(world), [
        "renditionReady Published",
        "videoPlayable Published",
        "renditionReady Published",
        "transcodingEnded Published"
      ])
      yield* assertConsistent(world)
    })
  )

  it.effect("of sound alone makes a recording playable", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const runner = yield* register(server)
      const video = yield* takeIn(server, { source: Media.anAudioFile() })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const { files, playlistKey: master, state } = videoOf(server.world, video)
      assert.strictEqual(state, "Published")
      deepStrictEqual(
        files.map(({ resolution }) => resolution),
        [0]
      )
      const text = yield* readText(server.world, Option.getOrThrow(master))
      assert.match(text, /#EXT-X-STREAM-INF:BANDWIDTH=\d+,CODECS="mp4a.40.2"\n/)
      deepStrictEqual(told(server.world).slice(1), ["videoPlayable Published", "transcodingEnded Published"])
    })
  )
})

describe("the same result", () => {
  it.effect("sent twice at once is stored once, and one call is refused", () =>
    Effect.gen(function* () {
      let isArmed = false
      const gate = yield* makeGate("JobStore.commit", { opensAt: 2, isClosed: () => isArmed })
      const server = yield* aProcess(gate)
      const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
      isArmed = true
      const results = [aResult(server.world, 360), aResult(server.world, 360)]
      const outcomes = yield* asTimeGoesBy(
        Effect.forEach(results, (result) => outcome(succeed(server, held, result)), { concurrency: 2 })
      )
      deepStrictEqual(outcomes.toSorted(), ["ResultAlreadyReceived", "ok"])
      deepStrictEqual(
        results.map((result) => result.released()),
        [1, 1]
      )
      assert.lengthOf(server.world.masters, 1)
      assert.lengthOf(server.world.told, 3)
      yield* assertConsistent(server.world)
    })
  )

  it.effect("sent again later is refused, and its files are let go", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aHeldJob(server)
      yield* asTimeGoesBy(succeed(server, held))
      const again = aResult(server.world, 360)
      assert.strictEqual(yield* outcome(succeed(server, held, again)), "JobNotProcessing")
      assert.strictEqual(again.released(), 1)
      assert.lengthOf(server.world.masters, 1)
    })
  )
})

it.effect("a result whose copy was completed at the same moment is too late", () =>
  Effect.gen(function* () {
    const meanwhile = makeMeanwhile()
    const server = yield* aProcess(meanwhile)
    const other = yield* startProcess(server.world)
    const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    const [first, second] = [aResult(server.world, 360), aResult(server.world, 360)]
    meanwhile.before("JobStore.commit", asTimeGoesBy(succeed(other, held, first)))
    assert.strictEqual(yield* outcome(asTimeGoesBy(succeed(server, held, second))), "JobNotProcessing")
    deepStrictEqual([first.released(), second.released()], [1, 1])
  })
)

it.effect("a result is stored although the runner hangs up before it is taken", () =>
  Effect.gen(function* () {
    let isClosed = false
    const gate = yield* makeGate("JobStore.family", { isClosed: () => isClosed })
    const server = yield* aProcess(gate)
    const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    isClosed = true
    const call = yield* Effect.forkDaemon(succeed(server, held))
    yield* until("the call is checked", () => gate.waiting() === 1)
    const hangUp = yield* Effect.forkDaemon(Fiber.interrupt(call))
    yield* turn
    isClosed = false
    yield* gate.open
    yield* Fiber.join(hangUp)
    yield* asTimeGoesBy(until("it is stored", () => jobOf(server.world, held.job.id).state === "Completed"))
  })
)

it.effect("a result of which a part is missing is named, and can be sent again", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const { held } = yield* aHeldJob(server)
    const { payload, release, released } = aResult(server.world, 360)
    const send = (sent: unknown) => Effect.flip(server.jobs.success({ ...held.claim, payload: sent, release }))
    const missing = yield* send({ videoFile: payload.videoFile })
    assert.strictEqual(missing.message, "Missing or invalid payload fields: resolutionPlaylistFile")
    const nothing = yield* send(undefined)
    assert.strictEqual(nothing.message, "Missing or invalid payload fields: videoFile, resolutionPlaylistFile")
    const wrong = yield* send({ ...payload, videoFile: "a file name that nobody shall read in an answer" })
    assert.strictEqual(wrong.message, "Missing or invalid payload fields: videoFile")
    assert.strictEqual(released(), 3)
    assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
    yield* asTimeGoesBy(succeed(server, held))
    assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
  })
)

it.effect("a write that was made is recognised although its answer was lost, and the application hears of it", () =>
  Effect.gen(function* () {
    let isArmed = false
    const server = yield* aProcess({
      around: (call, effect) =>
        call === "VideoStore.save" && isArmed
          ? Effect.suspend(() => {
              isArmed = false
              return losingAnswer(call, effect)
            })
          : effect
    })
    const { held } = yield* aHeldJob(server, { settings: { resolutions: [360] } })
    isArmed = true
    yield* asTimeGoesBy(succeed(server, held))
    assert.isFalse(isArmed)
    deepStrictEqual(told(server.world), [
      "renditionReady Published",
      "videoPlayable Published",
      "transcodingEnded Published"
    ])
    yield* assertConsistent(server.world)
  })
)
