import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, FastCheck as fc, Layer, ManagedRuntime, TestClock } from "effect"
import { afterAll } from "vitest"
import { isTerminal } from "../../../core/src/domain/RunnerJob.ts"
import { Identifiers } from "../../../core/src/ports/Tokens.ts"
import { jobsOf, type Registered, register } from "../../../core/test/support/actions.ts"
import { takeInSome } from "../../../core/test/support/asking.ts"
import { type Caller, newCaller, perform, type Round, rounds } from "../../../core/test/support/commands.ts"
import { assertAllTold, assertConsistent, assertNothingLeft } from "../../../core/test/support/invariants.ts"
import { type Process, startProcess } from "../../../core/test/support/Process.ts"
import { propertyOptions } from "../../../core/test/support/properties.ts"
import { workOnce } from "../../../core/test/support/sweep.ts"
import { makeWorld, type World } from "../../../core/test/support/World.ts"
import { SqlStores } from "../../src/index.ts"
import { usePostgres } from "../postgresServer.ts"
import { rowsOf } from "./rowsOf.ts"
import { empty, makeSqlWorld } from "./SqlWorld.ts"

const runtime = ManagedRuntime.make(Layer.provideMerge(SqlStores.layer, usePostgres().database))
afterAll(() => runtime.dispose())

/** UUIDs that are the same each time. */
const counted = () => {
  let given = 0
  const uuid = Effect.sync(() => {
    given += 1
    return `00000000-0000-4000-8000-${given.toString(16).padStart(12, "0")}`
  })
  return Effect.provideService(Identifiers, { uuid })
}

/** A server with three runners, and one that works off what they have left. */
interface Side {
  readonly world: World
  readonly server: Process
  readonly callers: ReadonlyArray<Caller>
  readonly worker: Registered
  readonly withIds: ReturnType<typeof counted>
}

const makeSide = (world: World): Effect.Effect<Side> => {
  const withIds = counted()
  return Effect.gen(function* () {
    const server = yield* startProcess(world)
    const callers = yield* Effect.forEach(["a", "b", "c"], (name) =>
      Effect.map(register(server, name), (runner) => newCaller(server, runner))
    )
    return { world, server, callers, worker: yield* register(server, "d"), withIds }
  }).pipe(withIds)
}

/** Does the same on both sides, which must come to the same. */
const both = <A>(sides: readonly [Side, Side], what: string, act: (side: Side) => Effect.Effect<A>) =>
  Effect.gen(function* () {
    const [memory, sql] = yield* Effect.forEach(sides, (side) => side.withIds(act(side)))
    deepStrictEqual(sql, memory, `what came of ${what}`)
    const [kept, stored] = yield* Effect.forEach(sides, ({ world }) => rowsOf(world))
    deepStrictEqual(stored, kept, `after ${what}`)
    return memory
  })

const seen = new Map<string, number>()

const live = (first: number, life: ReadonlyArray<Round>) =>
  Effect.gen(function* () {
    yield* empty
    const sides = [yield* makeSide(yield* makeWorld), yield* makeSide(yield* makeSqlWorld())] as const
    yield* both(sides, "the first video", ({ server }) => Effect.asVoid(Effect.orDie(takeInSome(server, first))))
    for (const { commands, seconds } of life) {
      for (const [n, command] of commands.entries()) {
        const answer = yield* both(sides, JSON.stringify(command), ({ callers }) => {
          const caller = callers[n]
          return caller === undefined ? Effect.succeed("") : perform(caller, command)
        })
        const said = `${command.kind}: ${answer}`
        seen.set(said, (seen.get(said) ?? 0) + 1)
      }
      if (seconds > 0) yield* TestClock.adjust(`${seconds} seconds`)
    }
    yield* settle(sides)
  })

/** Goes on until nothing is open, and until nothing is kept for those who come late. */
const settle = (sides: readonly [Side, Side]) =>
  Effect.gen(function* () {
    const isOpen = () => jobsOf(sides[0].world).some((job) => !isTerminal(job))
    for (let n = 0; n < 10 && isOpen(); n++) {
      yield* TestClock.adjust("5 minutes")
      yield* both(sides, "upkeep", ({ server }) => server.upkeep)
      const work = both(sides, "work", ({ server, worker }) => workOnce(server, worker))
      yield* Effect.repeat(work, { while: (there) => there, times: 100 })
    }
    yield* TestClock.adjust("2 hours")
    yield* both(sides, "the last upkeep", ({ server }) => server.upkeep)
    for (const { world } of sides) {
      yield* assertConsistent(world)
      yield* assertNothingLeft(world)
      assertAllTold(world)
    }
  })

describe("PostgreSQL and the stores in memory", () => {
  it.effect.prop(
    "come to the same whatever is asked of them: states, tokens, calls of runners, hooks, files",
    { first: fc.nat({ max: 210 }), life: rounds({ minLength: 5, maxLength: 20 }) },
    ({ first, life }) =>
      Effect.flatMap(runtime.runtimeEffect, ({ context }) => Effect.provide(live(first, life), context)),
    propertyOptions(8)
  )

  it("and what usually happens did happen", () => {
    const wanted = ["accept: ok", "succeed: ok", "fail: ok", "edit: ok", "take in: ok", "start a live: ok"]
    assert.includeMembers([...seen.keys()], wanted, JSON.stringify([...seen]))
  })
})
