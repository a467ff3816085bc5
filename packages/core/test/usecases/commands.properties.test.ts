import { assert, describe, it } from "@effect/vitest"
import { Effect, FastCheck as fc, Option, Random, TestClock } from "effect"
import type { TranscodeVideo } from "../../src/usecases/Transcoding.ts"
import { register, takeIn } from "../support/actions.ts"
import {
  assertParents,
  type Caller,
  insertChild,
  performChecked,
  plans,
  type Round,
  restless,
  rounds
} from "../support/commands.ts"
import { assertConsistent } from "../support/invariants.ts"
import { startProcess } from "../support/Process.ts"
import { goOn } from "../support/sweep.ts"
import { asTimeGoesBy } from "../support/time.ts"
import { makeWorld } from "../support/World.ts"

const seen = new Map<string, number>()

/** Three runners at two servers, all at once, and a third server that finds what they have left. */
const live = (life: ReadonlyArray<Round>, plan: TranscodeVideo["plan"], failureRate: number) =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const healthy = yield* startProcess(world)
    const video = yield* takeIn(healthy, { plan })
    yield* insertChild(world, video)
    const servers = [
      yield* startProcess(world, { around: restless(failureRate) }),
      yield* startProcess(world, { around: restless(failureRate) })
    ] as const
    const callers = yield* Effect.forEach(["a", "b", "c"], (name, n) =>
      Effect.map(register(healthy, name), (runner): Caller => {
        const server = n === 0 ? servers[0] : servers[1]
        return { runner, server, held: undefined, lost: [] }
      })
    )
    const answers: Array<string> = []
    for (const { commands, seconds } of life) {
      yield* asTimeGoesBy(
        Effect.forEach(
          callers,
          (caller, n) => {
            const command = commands[n]
            return command === undefined
              ? Effect.void
              : Effect.map(performChecked(caller, command, video), (answer) => {
                  answers.push(`${command.kind}: ${answer}`)
                })
          },
          { concurrency: "unbounded" }
        )
      )
      yield* assertConsistent(world)
      assertParents(world)
      if (seconds > 0) yield* TestClock.adjust(`${seconds} seconds`)
    }
    // A host that was told that a removal failed asks for it again.
    if (answers.some((answer) => /^remove: \w+Error/.test(answer)) && world.state.videos.has(video.id)) {
      yield* asTimeGoesBy(Effect.orDie(healthy.removal.removeVideo(video.id)))
    }
    const [caller] = callers
    assert.isDefined(caller)
    yield* goOn(healthy, caller.runner)
    assertParents(world)
    for (const answer of answers) seen.set(answer, (seen.get(answer) ?? 0) + 1)
    return { world, video }
  })

describe("whatever several runners and servers do at once,", () => {
  it.effect.prop(
    "nothing is lost, doubled or left over, and every hook is told",
    { life: rounds, plan: plans, seed: fc.integer() },
    ({ life, plan, seed }) =>
      Effect.gen(function* () {
        const { video, world } = yield* live(life, plan, 0)
        const after = world.state.videos.get(video.id)
        if (after === undefined) return
        const told = (hook: string) => world.told.filter((one) => one.hook === hook).length
        assert.strictEqual(told("renditionReady"), after.files.length)
        if (after.plan.webVideos) assert.strictEqual(told("webVideoReady"), after.webVideos.length)
        assert.strictEqual(told("videoPlayable"), after.state === "Published" ? 1 : 0)
        assert.strictEqual(told("transcodingEnded"), Option.isSome(after.endedAt) ? 1 : 0)
      }).pipe(Effect.withRandom(Random.make(seed))),
    { fastCheck: { numRuns: 30 } }
  )

  it.effect.prop(
    "nothing is lost, doubled or left over, also when the ports fail now and then",
    { life: rounds, plan: plans, seed: fc.integer() },
    ({ life, plan, seed }) => live(life, plan, 0.06).pipe(Effect.withRandom(Random.make(seed)), Effect.asVoid),
    { fastCheck: { numRuns: 30 } }
  )

  it("and what usually happens did happen", () => {
    const wanted = ["accept: ok", "update: ok", "succeed: ok", "succeed badly: ok", "fail: ok", "abort: ok"]
    assert.includeMembers([...seen.keys()], wanted, JSON.stringify([...seen]))
  })
})
