import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Option, TestClock } from "effect"
import { liveFolder } from "../../src/domain/live/LiveFiles.ts"
import { FileStorage } from "../../src/ports/FileStorage.ts"
import { until } from "../../src/testing/eventually.ts"
import { acceptNext, jobOf, jobsOf, readText, register, succeed, videoOf } from "../support/actions.ts"
import { makeWatch, outcome } from "../support/calls.ts"
import { makeGate } from "../support/gate.ts"
import { added, aRunningLive, broadcast, liveFiles, report, sessionOf } from "../support/live.ts"
import { aProcess, type Process, startProcess } from "../support/Process.ts"
import { resultFor } from "../support/results.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld, type World } from "../support/World.ts"

const hooksOf = (world: World) => world.told.map(({ hook }) => hook)

const finish = (server: Process, { claim }: Effect.Effect.Success<ReturnType<typeof aRunningLive>>["held"]) =>
  server.jobs.success({ ...claim, payload: undefined, release: Effect.void })

const recorded = (world: World) => until("the live was recorded", () => jobsOf(world).length > 1)

describe("the end of a live", () => {
  const endings: Record<
    string,
    (server: Process, held: Parameters<typeof finish>[1]) => Effect.Effect<unknown, unknown>
  > = {
    "its runner reports an error": (server, held) => server.jobs.error({ ...held.claim, message: "no input" }),
    "its runner gives it back": (server, held) => server.jobs.abort({ ...held.claim, reason: "no input" }),
    "an administrator cancels it": (server, held) => server.admin.cancel(held.job.id),
    "its runner is silent for 30 s": (server) => Effect.zipRight(TestClock.adjust("31 seconds"), server.upkeep)
  }

  for (const [name, end] of Object.entries(endings)) {
    it.effect(`is final when ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess()
        const { world } = server
        const { held, video } = yield* aRunningLive(server)
        for (const variant of [0, 1]) yield* report(server, held, added(world, variant, 0))
        yield* end(server, held)
        assert.include(["Errored", "Cancelled"], jobOf(world, held.job.id).state)
        assert.deepInclude(videoOf(world, video), { state: "LiveEnded", playlistKey: Option.none() })
        const { error, state } = sessionOf(world, video)
        assert.strictEqual(state, "ended")
        assert.isTrue(Option.isSome(error))
        deepStrictEqual(hooksOf(world), ["liveStarted", "liveEnded", "transcodingEnded"])
        assert.strictEqual(yield* outcome(report(server, held, added(world, 0, 1))), "UnknownJob")
        assert.isNotEmpty(yield* liveFiles(world), "players see the end of it")
        yield* TestClock.adjust("2 hours")
        yield* server.upkeep
        deepStrictEqual(yield* world.files, [])
        deepStrictEqual(videoOf(world, video).pendingDeletion, [])
      })
    )
  }

  it.effect("is not silence while it is shorter", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { held } = yield* aRunningLive(server)
      yield* TestClock.adjust("29 seconds")
      yield* server.upkeep
      assert.strictEqual(jobOf(server.world, held.job.id).state, "Processing")
    })
  )
})

describe("a replay", () => {
  it.effect("is transcoded from the picture and the sound that were kept", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server, { replay: true, baseName: "show" })
      yield* broadcast(server, held, 2)
      yield* finish(server, held)
      yield* recorded(world)
      const { live, soundKey, source, sourceKey, state, thumbnailKey } = videoOf(world, video)
      assert.strictEqual(state, "ToTranscode")
      const { id } = Option.getOrThrow(live)
      deepStrictEqual(sourceKey, Option.some(`lives/cat/show-${id}-recording.mp4`))
      deepStrictEqual(soundKey, Option.none())
      deepStrictEqual(thumbnailKey, Option.some(`lives/cat/show-${id}-thumbnail.jpg`))
      assert.deepInclude(source, { hasVideo: true, hasAudio: true, height: 360, duration: Option.some(8) })
      assert.match(yield* readText(world, Option.getOrThrow(sourceKey)), /\} {3}$/)
      const [, job] = jobsOf(world)
      assert.deepInclude(job, { type: "vod-hls-transcoding", state: "Pending" })
      assert.deepInclude(job?.privatePayload, { separatedSound: false })
      const runner = yield* register(server, "gpu-2")
      const accepted = yield* acceptNext(server, runner)
      yield* asTimeGoesBy(succeed(server, accepted, resultFor(world, accepted.job)))
      assert.strictEqual(videoOf(world, video).state, "Published")
      deepStrictEqual(hooksOf(world), [
        "liveStarted",
        "liveEnded",
        "renditionReady",
        "videoPlayable",
        "transcodingEnded"
      ])
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      deepStrictEqual(yield* liveFiles(world), [])
    })
  )

  it.effect("is made of the existing segments after the loss of the runner, without the missing ones", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* broadcast(server, held, 3)
      const storage = Context.get(world.ports, FileStorage)
      const folder = liveFolder(video.destination, sessionOf(world, video).id)
      yield* storage.remove(`${folder}/1-000002.ts` as typeof folder)
      yield* TestClock.adjust("31 seconds")
      yield* server.upkeep
      yield* recorded(world)
      assert.match(yield* readText(world, Option.getOrThrow(videoOf(world, video).sourceKey)), /\} {4}$/)
      assert.isTrue(Option.isSome(sessionOf(world, video).error))
    })
  )

  it.effect("waits for upkeep when the probe is out of order, and when the server stops", () =>
    Effect.gen(function* () {
      const world = yield* makeWorld
      const watch = makeWatch()
      const gate = yield* makeGate("FileStorage.write")
      const first = yield* startProcess(world, { around: watch.around })
      const { held, video } = yield* aRunningLive(first, { replay: true })
      yield* broadcast(first, held, 1)
      watch.breakDown((call) => call === "MediaProbe.probe")
      yield* finish(first, held)
      yield* until("it was tried", () => watch.count("MediaProbe.probe") > 0)
      yield* first.stop
      const second = yield* startProcess(world, { around: gate.around })
      yield* second.upkeep
      yield* second.stop
      deepStrictEqual(jobsOf(world).length, 1)
      assert.isTrue(Option.isNone(videoOf(world, video).endedAt))
      const third = yield* startProcess(world)
      yield* third.upkeep
      yield* recorded(world)
      assert.strictEqual(videoOf(world, video).state, "ToTranscode")
    })
  )

  it.effect("is given up when nothing can be made of it, and nothing is left", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* report(server, held, added(world, 1, 0))
      yield* finish(server, held)
      yield* until("it was given up", () => Option.isSome(videoOf(world, video).endedAt))
      assert.strictEqual(videoOf(world, video).state, "LiveEnded")
      deepStrictEqual(sessionOf(world, video).error, Option.some("This is not an audio or video file."))
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      deepStrictEqual(yield* world.files, [])
      deepStrictEqual(hooksOf(world), ["liveEnded", "transcodingEnded"])
    })
  )
})

describe("removal of a live", () => {
  it.effect("ends it and leaves nothing, with any report", () =>
    Effect.gen(function* () {
      for (const replay of [false, true]) {
        const server = yield* aProcess()
        const { world } = server
        const { held, video } = yield* aRunningLive(server, { replay })
        yield* broadcast(server, held, 1)
        yield* server.removal.removeVideo(video.id, { keepSource: true })
        deepStrictEqual(yield* world.files, [])
        deepStrictEqual(
          jobsOf(world).map(({ state }) => state),
          ["Cancelled"]
        )
        assert.strictEqual(yield* outcome(report(server, held, added(world, 0, 3))), "UnknownJob")
        deepStrictEqual(yield* world.files, [])
      }
    })
  )

  it.effect("takes the recordings along", () =>
    Effect.gen(function* () {
      const server = yield* aProcess()
      const { world } = server
      const { held, video } = yield* aRunningLive(server, { replay: true })
      yield* broadcast(server, held, 1)
      yield* finish(server, held)
      yield* recorded(world)
      yield* server.removal.removeVideo(video.id, { keepSource: true })
      deepStrictEqual(yield* world.files, [])
    })
  )

  for (const call of ["FileStorage.adopt", "FileStorage.write"]) {
    it.effect(`leaves nothing of a report that another server holds at ${call}`, () =>
      Effect.gen(function* () {
        const world = yield* makeWorld
        let isClosed = false
        const gate = yield* makeGate(call, { isClosed: () => isClosed })
        const slow = yield* startProcess(world, { around: gate.around })
        const other = yield* startProcess(world)
        const { held, video } = yield* aRunningLive(slow)
        for (const variant of [0, 1]) yield* report(slow, held, added(world, variant, 0))
        isClosed = true
        const late = yield* Effect.fork(outcome(report(slow, held, added(world, 0, 1))))
        yield* until("it was held", () => gate.waiting() > 0)
        yield* other.removal.removeVideo(video.id)
        yield* gate.open
        assert.include(["UnknownJob", "ok"], yield* late.await.pipe(Effect.flatten))
        deepStrictEqual(yield* world.files, [])
      })
    )
  }
})
