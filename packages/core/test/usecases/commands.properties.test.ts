import { assert, describe, it } from "@effect/vitest"
import { Effect, FastCheck as fc, Random, TestClock } from "effect"
import { register } from "../support/actions.ts"
import { removeAgain, takeInSome } from "../support/asking.ts"
import { assertParents, newCaller, perform, type Round, restless, rounds } from "../support/commands.ts"
import { assertAllTold, assertConsistent } from "../support/invariants.ts"
import { startProcess } from "../support/Process.ts"
import { propertyOptions } from "../support/properties.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld } from "../support/World.ts"

const seen = new Map<string, number>()

interface Life {
  readonly life: ReadonlyArray<Round>
  readonly first: number
}

/** Three runners at two servers, all at once, and a third server that finds what they have left. */
const live = ({ first, life }: Life, failureRate: number) =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const healthy = yield* startProcess(world)
    yield* Effect.orDie(takeInSome(healthy, first))
    const servers = [
      yield* startProcess(world, { around: restless(failureRate) }),
      yield* startProcess(world, { around: restless(failureRate) })
    ] as const
    const callers = yield* Effect.forEach(["a", "b", "c"], (name, n) =>
      Effect.map(register(healthy, name), (runner) => newCaller(servers[n === 0 ? 0 : 1], runner, healthy))
    )
    for (const { commands, seconds } of life) {
      yield* asTimeGoesBy(
        Effect.forEach(
          callers,
          (caller, n) => {
            const command = commands[n]
            if (command === undefined) return Effect.void
            return Effect.map(perform(caller, command), (answer) => {
              const said = `${command.kind}: ${answer}`
              seen.set(said, (seen.get(said) ?? 0) + 1)
            })
          },
          { concurrency: "unbounded" }
        )
      )
      yield* assertConsistent(world)
      assertParents(world)
      if (seconds > 0) yield* TestClock.adjust(`${seconds} seconds`)
    }
    yield* asTimeGoesBy(removeAgain(healthy))
    yield* goOn(healthy, yield* register(healthy, "d"))
    assertParents(world)
    return world
  })

const lives = { life: rounds({ minLength: 3, maxLength: 14 }), first: fc.nat({ max: 210 }), seed: fc.integer() }

describe("with any concurrent commands of runners and servers,", () => {
  it.effect.prop(
    "nothing is lost, doubled or left over, and every hook is called",
    lives,
    ({ seed, ...life }) => Effect.map(live(life, 0), assertAllTold).pipe(Effect.withRandom(Random.make(seed))),
    propertyOptions(15)
  )

  it.effect.prop(
    "nothing is lost, doubled or left over, also when the ports fail now and then",
    lives,
    ({ seed, ...life }) => live(life, 0.06).pipe(Effect.withRandom(Random.make(seed)), Effect.asVoid),
    propertyOptions(15)
  )

  it("and what usually happens did happen", () => {
    const wanted = ["accept: ok", "update: ok", "succeed: ok", "succeed badly: ok", "fail: ok", "abort: ok"]
    assert.includeMembers([...seen.keys()], wanted, JSON.stringify([...seen]))
  })
})
