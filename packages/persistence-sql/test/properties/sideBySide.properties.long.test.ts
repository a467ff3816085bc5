import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, FastCheck as fc, Layer, ManagedRuntime, Option, TestClock } from "effect"
import { afterAll } from "vitest"
import { isTerminal } from "../../../core/src/domain/job/RunnerJob.ts"
import type { Video } from "../../../core/src/domain/video/Video.ts"
import { Identifiers } from "../../../core/src/ports/Tokens.ts"
import { jobsOf, type Registered, register, videosOf } from "../../../core/test/support/actions.ts"
import { takeInSome } from "../../../core/test/support/asking.ts"
import {
  type Caller,
  type Command,
  newCaller,
  perform,
  type Round,
  rounds
} from "../../../core/test/support/commands.ts"
import { assertAllTold, assertConsistent, assertNothingLeft } from "../../../core/test/support/invariants.ts"
import { type Process, startProcess } from "../../../core/test/support/Process.ts"
import { propertyOptions } from "../../../core/test/support/properties.ts"
import { workOnce } from "../../../core/test/support/sweep.ts"
import { turn, withoutShortPauses } from "../../../core/test/support/time.ts"
import { makeWorld, type World } from "../../../core/test/support/World.ts"
import { SqlStores } from "../../src/index.ts"
import { usePostgres } from "../postgresServer.ts"
import { rowsOf } from "./rowsOf.ts"
import { empty, makeSqlWorld } from "./SqlWorld.ts"

const runtime = ManagedRuntime.make(Layer.provideMerge(SqlStores.layerStores, usePostgres().database))
afterAll(() => runtime.dispose())

/** UUIDs that are the same each time, and no pauses after conflicts, which one side alone may have. */
const alike = () => {
  let given = 0
  const uuid = Effect.sync(() => {
    given += 1
    return `00000000-0000-4000-8000-${given.toString(16).padStart(12, "0")}`
  })
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    withoutShortPauses(Effect.provideService(effect, Identifiers, { uuid }))
}

/** A server with three runners, and one that works off what they have left. */
interface Side {
  readonly world: World
  readonly server: Process
  readonly callers: ReadonlyArray<Caller>
  readonly worker: Registered
  readonly alike: ReturnType<typeof alike>
}

const makeSide = (world: World): Effect.Effect<Side> => {
  const same = alike()
  return Effect.gen(function* () {
    const server = yield* startProcess(world)
    const callers = yield* Effect.forEach(["a", "b", "c"], (name) =>
      Effect.map(register(server, name), (runner) => newCaller(server, runner))
    )
    return { world, server, callers, worker: yield* register(server, "d"), alike: same }
  }).pipe(same)
}

const isOver = ({ live }: Video): boolean => Option.exists(live, ({ state }) => state === "ended")

/** Looks at what there is. A live that was kept becomes a video behind the call that ends it, which is waited for. */
const lookAt = ({ world }: Side): Effect.Effect<unknown> => {
  const isOpen = ({ id }: Video) =>
    jobsOf(world).some((job) => job.awaited && !isTerminal(job) && Option.contains(job.videoId, id))
  const isDone = () => videosOf(world).every((video) => !isOver(video) || Option.isSome(video.endedAt) || isOpen(video))
  const look = Effect.zipRight(turn, world.refresh)
  return Effect.zipRight(
    world.refresh,
    Effect.repeat(
      Effect.suspend(() => (isDone() ? Effect.void : look)),
      { until: isDone, times: 1000 }
    )
  )
}

const countReplays = ({ world }: Side): number =>
  videosOf(world).filter(({ live }) => Option.exists(live, ({ recorded }) => recorded)).length

/** Does the same on both sides, which must come to the same. */
const both = <A>(sides: readonly [Side, Side], what: string, act: (side: Side) => Effect.Effect<A>) =>
  Effect.gen(function* () {
    const before = countReplays(sides[0])
    const [memory, sql] = yield* Effect.forEach(sides, (side) => side.alike(Effect.zipLeft(act(side), lookAt(side))))
    deepStrictEqual(sql, memory, `what came of ${what}`)
    // Whether upkeep finds the jobs of a replay that it has begun is chance.
    if (before < countReplays(sides[0])) sides[1].world.pings = sides[0].world.pings
    return memory
  })

/** Compares all that is there. */
const compare = (sides: readonly [Side, Side], when: string) =>
  Effect.gen(function* () {
    const [kept, stored] = yield* Effect.forEach(sides, ({ world }) => rowsOf(world))
    deepStrictEqual(stored, kept, when)
  })

/** Of two replays at once it would be chance which one gets the first of the UUIDs. */
const isTooMuch = ({ kind }: Command, { world }: Side): boolean =>
  kind === "start a live" && videosOf(world).some((video) => Option.isSome(video.live) && !isOver(video))

const options = propertyOptions(4)

const seen = new Map<string, number>()

const live = (first: number, life: ReadonlyArray<Round>) =>
  Effect.gen(function* () {
    yield* empty
    const sides = [yield* makeSide(yield* makeWorld), yield* makeSide(yield* makeSqlWorld())] as const
    yield* both(sides, "the first video", ({ server }) => Effect.asVoid(Effect.orDie(takeInSome(server, first))))
    for (const { commands, seconds } of life) {
      for (const [n, command] of commands.entries()) {
        if (isTooMuch(command, sides[0])) continue
        const answer = yield* both(sides, JSON.stringify(command), ({ callers }) => {
          const caller = callers[n]
          return caller === undefined ? Effect.succeed("") : perform(caller, command)
        })
        const said = `${command.kind}: ${answer}`
        seen.set(said, (seen.get(said) ?? 0) + 1)
      }
      yield* compare(sides, `after ${JSON.stringify(commands)}`)
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
      yield* compare(sides, "after work")
    }
    yield* TestClock.adjust("2 hours")
    yield* both(sides, "the last upkeep", ({ server }) => server.upkeep)
    yield* compare(sides, "in the end")
    for (const { world } of sides) {
      yield* assertConsistent(world)
      yield* assertNothingLeft(world)
      assertAllTold(world)
    }
  })

const round = (...kinds: ReadonlyArray<Command["kind"]>): Round => ({
  commands: kinds.map((kind) => ({ kind, pick: 1 })),
  seconds: 20
})

/** A life in which nearly everything goes well once: it is lived before all others. */
const aGoodLife: ReadonlyArray<Round> = [
  round("succeed", "succeed badly", "use a wrong token"),
  round("keep up", "update", "succeed"),
  round("make a storyboard", "transcribe", "succeed"),
  round("succeed", "edit", "succeed"),
  round("fail", "succeed", "succeed"),
  round("start a live", "report a live", "keep up"),
  round("keep up", "report a live", "come late"),
  round("stop a live", "report a live", "keep up"),
  round("keep up", "succeed", "succeed"),
  round("remove a job", "ensure renditions", "leave"),
  round("take in", "abort", "remove a video")
]

const whatGoesWell: ReadonlyArray<Command["kind"]> = [
  "succeed",
  "succeed badly",
  "make a storyboard",
  "transcribe",
  "edit",
  "fail",
  "start a live",
  "report a live",
  "stop a live",
  "remove a job",
  "ensure renditions",
  "leave",
  "take in",
  "abort",
  "remove a video"
]

describe("PostgreSQL and the stores in memory", () => {
  it.effect.prop(
    "have equal results for all commands: states, tokens, calls of runners, hooks, files",
    [fc.nat({ max: 210 }), rounds({ minLength: 5, maxLength: 20 })],
    ([first, life]) =>
      Effect.flatMap(runtime.runtimeEffect, ({ context }) => Effect.provide(live(first, life), context)),
    { ...options, fastCheck: { ...options.fastCheck, examples: [[16, aGoodLife]] } }
  )

  it("and what usually happens did happen", () => {
    const wanted = whatGoesWell.map((kind) => `${kind}: ok`)
    assert.includeMembers([...seen.keys()], [...wanted, "use a wrong token: UnknownJob"])
  })
})
