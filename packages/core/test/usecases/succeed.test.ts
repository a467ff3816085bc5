import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Option, TestClock } from "effect"
import { masterKey, mediaKey, nameOf, playlistKey } from "../../src/domain/FileNames.ts"
import type { RunnerJob } from "../../src/domain/RunnerJob.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import { acceptNext, jobOf, readText, register, succeed, takeIn, videoOf } from "../support/actions.ts"
import { outcome, withLog } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { aResult, media, playlist, runnerName } from "../support/media.ts"
import { aProcess, startProcess } from "../support/Process.ts"
import { asTimeGoesBy, until } from "../support/time.ts"
import type { World } from "../support/World.ts"

const resultIdOf = (job: RunnerJob): string => Option.getOrThrow(job.resultId)

const told = (world: World) => world.told.map(({ hook, state }) => `${hook} ${state}`)

const size = (height: number): number => media({ height, width: Math.round((height * 16) / 9) }).length

describe("a good result", () => {
  it.effect("is stored under our names, published at once, and the last one ends the video", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const runner = yield* register(server)
      const video = yield* takeIn(server, { baseName: "cat" })
      const place = { destination: video.destination, baseName: video.baseName }

      const low = yield* acceptNext(server, runner)
      const result = aResult(world, 360)
      yield* asTimeGoesBy(succeed(server, low, result))
      assert.deepStrictEqual(told(world), ["renditionReady Published", "videoPlayable Published"])
      assert.strictEqual(result.released(), 1)
      assert.deepStrictEqual([...world.disk.keys()], [], "nothing of the upload is left on the disk")

      const lowId = resultIdOf(jobOf(world, low.job.id))
      const stored = yield* readText(world, playlistKey(place, lowId, 360))
      const ours = nameOf(mediaKey(place, lowId, 360))
      assert.strictEqual(stored, playlist(runnerName(360)).replaceAll(runnerName(360), ours))

      const high = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, high))
      const highId = resultIdOf(jobOf(world, high.job.id))
      const after = videoOf(world, video)
      assert.deepStrictEqual(after.playlistKey, Option.some(masterKey(place, highId)))
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
      assert.deepStrictEqual(
        after.retired.map(({ key }) => key),
        [masterKey(place, lowId)]
      )
      assert.isTrue(Option.isSome(after.endedAt))
      assert.deepStrictEqual(told(world), [
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
      const video = yield* takeIn(server, { source: media({ hasVideo: false }) })
      yield* asTimeGoesBy(succeed(server, yield* acceptNext(server, runner)))
      const { files, playlistKey: master, state } = videoOf(server.world, video)
      assert.strictEqual(state, "Published")
      assert.deepStrictEqual(
        files.map(({ resolution }) => resolution),
        [0]
      )
      const text = yield* readText(server.world, Option.getOrThrow(master))
      assert.match(text, /#EXT-X-STREAM-INF:BANDWIDTH=\d+,CODECS="mp4a.40.2"\n/)
      assert.deepStrictEqual(told(server.world).slice(1), ["videoPlayable Published", "transcodingEnded Published"])
    })
  )

  it.effect("stays true although the application's hooks die", () =>
    Effect.gen(function* () {
      const die = () => Effect.dieMessage("the application is broken")
      const hooks = { renditionReady: die, videoPlayable: die, transcodingEnded: die }
      const server = yield* aProcess({ hooks })
      const runner = yield* register(server)
      const video = yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
      const [, log] = yield* withLog(asTimeGoesBy(succeed(server, held)))
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
      assert.isTrue(Option.isSome(videoOf(server.world, video).endedAt))
      assert.strictEqual(log.match(/A hook of the application failed/g)?.length, 3)
    })
  )
})

describe("the same result", () => {
  it.effect("sent twice at once is stored once, and the second sender is told so", () =>
    Effect.gen(function* () {
      let isArmed = false
      const gate = yield* makeGate("JobStore.commit", { opensAt: 2, isClosed: () => isArmed })
      const server = yield* aProcess(gate)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
      isArmed = true
      const results = [aResult(server.world, 360), aResult(server.world, 360)]
      const outcomes = yield* asTimeGoesBy(
        Effect.forEach(results, (result) => outcome(succeed(server, held, result)), { concurrency: 2 })
      )
      assert.deepStrictEqual(outcomes.toSorted(), ["ResultAlreadyReceived", "ok"])
      assert.deepStrictEqual(
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
      const runner = yield* register(server)
      yield* takeIn(server)
      const held = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, held))
      const again = aResult(server.world, 360)
      assert.strictEqual(yield* outcome(succeed(server, held, again)), "JobNotProcessing")
      assert.strictEqual(again.released(), 1)
      assert.lengthOf(server.world.masters, 1)
    })
  )
})

it.effect("a result of which a part is missing is named, and can be sent again", () =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const runner = yield* register(server)
    yield* takeIn(server)
    const held = yield* acceptNext(server, runner)
    const { payload, release, released } = aResult(server.world, 360)
    const send = (sent: unknown) => Effect.flip(server.jobs.succeed({ ...held.claim, payload: sent, release }))
    const missing = yield* send({ videoFile: payload.videoFile })
    assert.strictEqual(missing.message, "The payload lacks or misstates: resolutionPlaylistFile")
    const nothing = yield* send(undefined)
    assert.strictEqual(nothing.message, "The payload lacks or misstates: videoFile, resolutionPlaylistFile")
    const wrong = yield* send({ ...payload, videoFile: "a file name that nobody shall read in an answer" })
    assert.strictEqual(wrong.message, "The payload lacks or misstates: videoFile")
    assert.strictEqual(released(), 3)
    assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
    yield* asTimeGoesBy(succeed(server, held))
    assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
  })
)

describe("storing that takes long", () => {
  it.effect("is answered after a while and goes on, and nobody takes it for abandoned", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
      const result = aResult(server.world, 360)
      const answer = yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)

      yield* TestClock.adjust("29 seconds")
      assert.isNull(answer.unsafePoll())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(answer)
      for (let minutes = 0; minutes < 10; minutes++) {
        yield* TestClock.adjust("1 minute")
        yield* other.upkeep
      }
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Completing")
      assert.strictEqual(result.released(), 0)

      yield* gate.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      const job = jobOf(server.world, held.job.id)
      assert.deepStrictEqual([job.state, job.failures, job.stalls], ["Completed", 0, 0])
      assert.deepStrictEqual(told(server.world).at(-1), "transcodingEnded Published")
      yield* assertConsistent(server.world)
    })
  )

  it.effect("goes on when the runner is removed meanwhile", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("FileStorage.adopt")
      const server = yield* aProcess(gate)
      const other = yield* startProcess(server.world)
      const runner = yield* register(server)
      yield* takeIn(server, { settings: { resolutions: [360] } })
      const held = yield* acceptNext(server, runner)
      const result = aResult(server.world, 360)
      yield* Effect.fork(succeed(server, held, result))
      yield* until("the result is being stored", () => gate.waiting() === 1)
      yield* server.runners.unregister(runner.token)
      yield* TestClock.adjust("5 minutes")
      yield* other.upkeep
      yield* gate.open
      yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
      const job = jobOf(server.world, held.job.id)
      assert.deepStrictEqual([job.state, job.failures], ["Completed", 0])
    })
  )

  it.effect("ends quietly when the video is not there any more", () =>
    Effect.gen(function* () {
      for (const call of ["MediaProbe.probe", "FileStorage.adopt", "FileStorage.write"]) {
        let isArmed = false
        const gate = yield* makeGate(call, { isClosed: () => isArmed })
        const server = yield* aProcess(gate)
        const runner = yield* register(server)
        const video = yield* takeIn(server)
        const held = yield* acceptNext(server, runner)
        const before = yield* server.world.files
        isArmed = true
        const result = aResult(server.world, 360)
        yield* Effect.fork(succeed(server, held, result))
        yield* until("the result is being stored", () => gate.waiting() === 1)
        yield* Context.get(server.world.ports, VideoStore).remove(video.id)
        yield* gate.open
        yield* asTimeGoesBy(until("the uploads are let go", () => result.released() === 1))
        assert.strictEqual(jobOf(server.world, held.job.id).state, "Completed")
        assert.deepStrictEqual(yield* server.world.files, before)
        assert.deepStrictEqual(server.world.told, [])
      }
    })
  )
})
