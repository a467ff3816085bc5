import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Deferred, Effect, Fiber, Option, TestClock } from "effect"
import { CannotCut } from "../../src/domain/chunk/CannotCut.ts"
import type { Video } from "../../src/domain/video/Video.ts"
import { aVideo } from "../../src/testing/media.ts"
import { jobsOf, register, resolutionOf, takeIn, videoOf, videosOf } from "../support/actions.ts"
import { withLog } from "../support/calls.ts"
import { chunkingOf, FILM, takeFilm, untilCut } from "../support/chunks.ts"
import { type CutFilm, makeChunk, workOn } from "../support/cutFilm.ts"
import { makeGate } from "../support/gate.ts"
import { assertConsistent } from "../support/invariants.ts"
import { type Around, aProcess, type Process, startProcess } from "../support/Process.ts"
import { asTimeGoesBy, turn } from "../support/time.ts"
import type { World } from "../support/World.ts"

/** A film whose audio needs no encoding. */
const source = aVideo({ seconds: FILM })

const take = (server: Process): Effect.Effect<CutFilm> =>
  Effect.gen(function* () {
    return { server, film: yield* takeFilm(server, { source }), runner: yield* register(server) }
  })

const turns = Effect.repeatN(turn, 200)

const audioOf = (world: World, film: Pick<Video, "id">) =>
  videoOf(world, film).files.filter(({ hasAudio, hasVideo }) => hasAudio && !hasVideo)

const audioJobs = ({ world }: Process) => jobsOf(world).filter((job) => resolutionOf(job) === 0)

const jobsOfFirst = ({ world }: Process) =>
  jobsOf(world)
    .filter(({ chunk }) => Option.contains(chunk, 0))
    .map(resolutionOf)

/** The film is complete, and storage holds nothing else in the end. */
const assertComplete = ({ film, server }: CutFilm) =>
  Effect.gen(function* () {
    const { world } = server
    const { total } = chunkingOf(world, film)
    deepStrictEqual(
      videoOf(world, film).files.map(({ parts, resolution }) => [resolution, parts?.length]),
      [
        [0, undefined],
        [360, total],
        [480, total]
      ]
    )
    assert.isTrue(Option.isSome(videoOf(world, film).endedAt))
    yield* TestClock.adjust("2 hours")
    yield* asTimeGoesBy(server.upkeep)
    yield* assertConsistent(world)
  })

describe("the audio of a film in chunks that can be copied", () => {
  it.effect("is made by the server, so that the film can be played after one job", () =>
    Effect.gen(function* () {
      const one = yield* take(yield* aProcess())
      const { film, server } = one
      yield* turns
      deepStrictEqual([audioOf(server.world, film).length, audioJobs(server)], [1, []])
      assert.strictEqual(videoOf(server.world, film).state, "ToTranscode", "there is no picture yet")
      deepStrictEqual(videoOf(server.world, film).playlistKey, Option.none())
      yield* makeChunk(one, 360, 0)
      assert.strictEqual(videoOf(server.world, film).state, "Published")
      yield* untilCut(server.world, film)
      yield* workOn(one)
      yield* assertComplete(one)
    })
  )

  it.effect("publishes the film when its first chunk was made before", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("MediaCutter.audioRendition")
      const one = yield* take(yield* aProcess({ around: gate.around }))
      const { film, server } = one
      yield* turns
      deepStrictEqual(jobsOfFirst(server).sort(), [360, 480])
      yield* makeChunk(one, 360, 0)
      assert.strictEqual(videoOf(server.world, film).state, "ToTranscode")
      yield* gate.open
      yield* turns
      assert.strictEqual(videoOf(server.world, film).state, "Published")
      yield* assertConsistent(server.world)
      yield* untilCut(server.world, film)
      yield* workOn(one)
      yield* assertComplete(one)
    })
  )

  const failures: ReadonlyArray<readonly [string, Around]> = [
    [
      "cannot be copied after all",
      (call, effect) =>
        call === "MediaCutter.audioRendition"
          ? (Effect.fail(new CannotCut({ reason: "container" })) as unknown as typeof effect)
          : effect
    ],
    [
      "is copied into segments that are too long",
      (call, effect) =>
        call === "MediaCutter.audioRendition"
          ? Effect.map(effect, (made) => {
              const { playlist } = made as { readonly playlist: string }
              return { ...made, playlist: playlist.replaceAll(/(?<=DURATION:|INF:)4/g, "11") }
            })
          : effect
    ]
  ]
  for (const [what, around] of failures) {
    it.effect(`is left to a runner when it ${what}`, () =>
      Effect.gen(function* () {
        const server = yield* aProcess({ around })
        const [one, log] = yield* withLog(Effect.tap(take(server), ({ film }) => untilCut(server.world, film)))
        const { film } = one
        assert.include(log, "left to a runner")
        deepStrictEqual([audioOf(server.world, film), audioJobs(server).length], [[], 1])
        yield* workOn(one)
        yield* assertComplete(one)
      })
    )
  }

  it.effect("leaves nothing when the film is removed while it is made", () =>
    Effect.gen(function* () {
      for (const call of ["MediaCutter.audioRendition", "FileStorage.adopt", "FileStorage.write"]) {
        const removal = { isNear: false }
        const gate = yield* makeGate(call, { isClosed: () => removal.isNear })
        const server = yield* aProcess({
          around: (name, effect) =>
            Effect.suspend(() => {
              if (name === "MediaCutter.audioRendition") removal.isNear = true
              return gate.around(name, effect)
            })
        })
        const film = yield* takeFilm(server, { source })
        for (let count = 0; count < 2000 && gate.waiting() === 0; count++) yield* turn
        assert.isAbove(gate.waiting(), 0, call)
        yield* server.removal.removeVideo(film.id)
        yield* gate.open
        yield* turns
        deepStrictEqual(yield* server.world.files, [], call)
      }
    })
  )

  it.effect("is made once when another server takes over from one that stood still", () =>
    Effect.gen(function* () {
      for (const call of ["MediaCutter.audioRendition", "FileStorage.adopt", "FileStorage.write", "VideoStore.save"]) {
        const goesOn = yield* Deferred.make<void>()
        let [isCopying, isStill] = [false, false]
        const first = yield* aProcess({
          around: (name, effect) =>
            Effect.suspend(() => {
              isCopying ||= name === "MediaCutter.audioRendition"
              isStill ||= isCopying && name === call
              return isStill ? Effect.zipRight(Deferred.await(goesOn), effect) : effect
            })
        })
        const { world } = first
        const taking = yield* Effect.fork(takeFilm(first, { source }))
        for (let count = 0; count < 2000 && !isStill; count++) yield* turn
        assert.isTrue(isStill, call)
        const [film = assert.fail()] = videosOf(world)
        const second = yield* startProcess(world)
        yield* TestClock.adjust("2 minutes")
        yield* asTimeGoesBy(second.upkeep)
        yield* untilCut(world, film)
        yield* Deferred.succeed(goesOn, undefined)
        yield* Fiber.join(taking)
        yield* turns
        assert.strictEqual(audioOf(world, film).length, 1, call)
        const one = { server: second, film, runner: yield* register(second) }
        yield* workOn(one)
        yield* assertComplete(one)
      }
    })
  )

  it.effect("is found in the file into which the source was repacked", () =>
    Effect.gen(function* () {
      for (const [format, probes] of [
        ["mpegts", 2],
        ["mov,mp4,m4a,3gp,3g2,mj2", 1]
      ] as const) {
        const calls: Array<string> = []
        const around: Around = (call, effect) =>
          Effect.zipRight(
            Effect.sync(() => calls.push(call)),
            effect
          )
        const server = yield* aProcess({ around })
        yield* takeFilm(server, { source: aVideo({ seconds: FILM, format }) })
        yield* turns
        // One more is that of the copied audio.
        assert.strictEqual(calls.filter((call) => call === "MediaProbe.probe").length, probes + 1, format)
      }
    })
  )

  it.effect("stays when the picture cannot be cut", () =>
    Effect.gen(function* () {
      const gate = yield* makeGate("MediaCutter.examine")
      const server = yield* aProcess({ around: gate.around })
      const film = yield* takeIn(server, {
        source: aVideo({ seconds: FILM, codec: "vp9" }),
        plan: { graph: "chunked" },
        settings: { resolutions: [360, 480], chunkMinDuration: 30 }
      })
      yield* turns
      const [audio] = audioOf(server.world, film)
      yield* gate.open
      yield* untilCut(server.world, film)
      assert.strictEqual(chunkingOf(server.world, film).state, "whole")
      deepStrictEqual(jobsOf(server.world).map(resolutionOf).sort(), [360, 480])
      const runner = yield* register(server)
      yield* workOn({ server, film, runner })
      const { files, state } = videoOf(server.world, film)
      deepStrictEqual([state, files.map(({ resolution }) => resolution)], ["Published", [0, 360, 480]])
      assert.strictEqual(files[0]?.attemptId, audio?.attemptId)
      yield* assertConsistent(server.world)
    })
  )
})
