import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Context, Effect, Fiber, Option, TestClock } from "effect"
import { keysInUse } from "../../src/domain/video/VideoMachine.ts"
import { VideoStore } from "../../src/ports/VideoStore.ts"
import { accept, register, succeed, videoOf } from "../support/actions.ts"
import { portError, withLog } from "../support/calls.ts"
import { chunkingOf, takeFilm, untilCut } from "../support/chunks.ts"
import { cutFilm, failChunk, jobOf, statesOf, workOn } from "../support/cutFilm.ts"
import { makeGate } from "../support/gate.ts"
import { aProcess } from "../support/Process.ts"
import { asTimeGoesBy, turn } from "../support/time.ts"

describe("chunks and the rest of their life", () => {
  it.effect("a cancelled chunk cancels its rendition", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      yield* one.server.admin.cancel(jobOf(one, 480, 1).id)
      deepStrictEqual(statesOf(one.server, 480), ["Cancelled", "ParentCancelled"])
      deepStrictEqual(statesOf(one.server, 360), ["Pending"])
    })
  )

  it.effect("removing one chunk removes the jobs of its rendition", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      yield* one.server.admin.remove(jobOf(one, 480, 1).id)
      deepStrictEqual(statesOf(one.server, 480), [])
      deepStrictEqual(statesOf(one.server, 360), ["Pending"])
    })
  )

  it.effect("removing the film removes every file of it, also while it is cut", () =>
    Effect.gen(function* () {
      for (const isCut of [true, false]) {
        const server = yield* aProcess()
        const film = yield* takeFilm(server)
        if (isCut) yield* untilCut(server.world, film)
        else for (let turns = 0; turns < 40; turns++) yield* Effect.yieldNow()
        yield* server.removal.removeVideo(film.id)
        for (let turns = 0; turns < 200; turns++) yield* Effect.yieldNow()
        yield* TestClock.adjust("1 hour")
        yield* server.upkeep
        yield* TestClock.adjust("1 hour")
        yield* server.upkeep
        deepStrictEqual(yield* server.world.files, [], `cut: ${isCut}`)
      }
    })
  )

  it.effect("a source that cannot be read is a warning, unless the film was removed meanwhile", () =>
    Effect.gen(function* () {
      for (const isRemoved of [true, false]) {
        const gate = yield* makeGate("MediaCutter.examine")
        const unreadable = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) =>
          call === "MediaCutter.examine" ? (Effect.fail(portError(call)) as unknown as typeof effect) : effect
        const server = aProcess({ around: (call, effect) => gate.around(call, unreadable(call, effect)) })
        const cut = Effect.gen(function* () {
          const one = yield* server
          const film = yield* takeFilm(one)
          for (let turns = 0; turns < 2000 && gate.waiting() === 0; turns++) yield* turn
          assert.strictEqual(gate.waiting(), 1, "the source is being examined")
          if (isRemoved) yield* one.removal.removeVideo(film.id)
          yield* gate.open
          for (let turns = 0; turns < 200; turns++) yield* turn
        })
        const [, log] = yield* withLog(cut)
        assert.strictEqual(log.includes("could not be cut"), !isRemoved)
      }
    })
  )

  it.effect("removing the film removes a playlist that is written meanwhile", () =>
    Effect.gen(function* () {
      const growing = { is: (): boolean => false }
      const gate = yield* makeGate("FileStorage.write", { isClosed: () => growing.is() })
      const server = yield* aProcess({ around: gate.around })
      const film = yield* takeFilm(server)
      yield* untilCut(server.world, film)
      growing.is = () =>
        Option.exists(
          Option.flatMap(Option.fromNullable(server.world.state.videos.get(film.id)), ({ chunking }) => chunking),
          ({ lister }) => Option.isSome(lister)
        )
      const one = { server, film, runner: yield* register(server) }
      const held = yield* accept(server, one.runner, jobOf(one, 360, 0).id)
      const making = yield* Effect.fork(Effect.ignore(succeed(server, held)))
      for (let turns = 0; turns < 2000 && gate.waiting() === 0; turns++) yield* turn
      assert.strictEqual(gate.waiting(), 1, "the growing playlist is being written")
      yield* server.removal.removeVideo(film.id)
      yield* gate.open
      yield* asTimeGoesBy(Fiber.join(making))
      for (let turns = 0; turns < 200; turns++) yield* turn
      deepStrictEqual(yield* server.world.files, [])
    })
  )

  it.effect("no chunk stays when a rendition that failed exists in another form", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      const { film, server } = one
      yield* failChunk(one, 360, 1)
      yield* workOn(one)
      const videos = Context.get(server.world.ports, VideoStore)
      const ended = videoOf(server.world, film)
      const similar = ended.files
        .filter(({ resolution }) => resolution === 480)
        .map((file) => ({ ...file, resolution: 361 }))
      yield* videos.save({ ...ended, files: [...ended.files, ...similar] }, [])
      assert.isAbove(chunkingOf(server.world, film).chunks.length, 0)
      deepStrictEqual(yield* server.transcoding.ensureRenditions(film.id), [])
      const { chunks, renditions, sound } = chunkingOf(server.world, film)
      deepStrictEqual([chunks, renditions, sound], [[], [], Option.none()])
      yield* TestClock.adjust("2 hours")
      yield* server.upkeep
      const left = yield* server.world.files
      deepStrictEqual(
        left.filter((key) => key.includes("chunk")),
        []
      )
    })
  )

  it.effect("every file that the film refers to is in storage when it has ended", () =>
    Effect.gen(function* () {
      const one = yield* cutFilm(yield* aProcess())
      yield* workOn(one)
      yield* TestClock.adjust("2 hours")
      yield* one.server.upkeep
      const film = videoOf(one.server.world, one.film)
      const wanted = [...keysInUse(film), ...Option.toArray(film.sourceKey)].sort()
      deepStrictEqual(yield* one.server.world.files, [...new Set(wanted)] as never)
    })
  )
})
