import { assert } from "@effect/vitest"
import { Effect, FastCheck as fc, Option, Random, Record, Redacted } from "effect"
import { accept, type Held, jobsOf, type Registered, register, request, succeed } from "./actions.ts"
import { asks, at } from "./asking.ts"
import { outcome, portError } from "./calls.ts"
import { reportNumber } from "./live.ts"
import type { Around, Process } from "./Process.ts"
import { badResultFor } from "./results.ts"
import { turn } from "./time.ts"
import type { World } from "./World.ts"

/** A runner with its current leases and its earlier ones. */
export interface Caller {
  runner: Registered
  readonly server: Process
  held: Held | undefined
  readonly lost: Array<Held>
  /** The number of reported segments of a live. */
  reported: number
  /** The server of the new registration. */
  readonly home: Process
}

export const newCaller = (server: Process, runner: Registered, home: Process = server): Caller => ({
  runner,
  server,
  home,
  held: undefined,
  lost: [],
  reported: 0
})

type Doing = Effect.Effect<unknown, { readonly _tag: string }>
type Act = (caller: Caller, pick: number) => Doing

const acceptSome: Act = (caller, pick) =>
  Effect.gen(function* () {
    const { runner, server } = caller
    // Mostly the first job, as with real runners. It is kept for this runner, so the others may find none.
    const job = yield* at(yield* request(server, runner), pick % 3 === 2 ? 1 : 0)
    const next = yield* accept(server, runner, job.id)
    if (caller.held !== undefined) caller.lost.push(caller.held)
    caller.held = next
    caller.reported = 0
  })

/** Runs with a current lease, or else with a new one. */
const lease =
  (act: (caller: Caller, held: Held, pick: number) => Doing): Act =>
  (caller, pick) =>
    Effect.gen(function* () {
      if (caller.held === undefined) yield* acceptSome(caller, pick)
      return yield* act(caller, yield* Effect.fromNullable(caller.held), pick)
    })

/** Drops the lease, whatever the outcome. */
const ending = (act: (caller: Caller, held: Held, pick: number) => Doing): Act =>
  lease((caller, held, pick) => {
    caller.held = undefined
    caller.lost.push(held)
    return act(caller, held, pick)
  })

const update = lease(({ server }, { claim }, pick) =>
  server.jobs.update({ ...claim, progress: Option.some(pick % 100), payload: undefined })
)

const reportLive = lease((caller, held) => {
  if (held.job.type !== "live-rtmp-hls-transcoding") return Effect.fail({ _tag: "NoLive" })
  const number = caller.reported
  caller.reported += 1
  return reportNumber(caller.server, held, number)
})

const useWrongToken = lease(({ server }, { claim }, pick) => {
  const wrong = { ...claim, jobToken: Redacted.make<string>("ptrjt-0") }
  if (pick % 3 === 0) return server.jobs.error({ ...wrong, message: "no" })
  if (pick % 3 === 1) return server.jobs.update({ ...wrong, progress: Option.some(1), payload: undefined })
  return server.jobs.success({ ...wrong, payload: {}, release: Effect.void })
})

const comeLate: Act = ({ lost, server }, pick) => Effect.flatMap(at(lost, pick), (late) => succeed(server, late))

/** The runner unregisters or is removed, and registers under another name. */
const leave: Act = (caller, pick) =>
  Effect.gen(function* () {
    const { held, runner, server } = caller
    if (held !== undefined) caller.lost.push(held)
    caller.held = undefined
    const known = Array.from(server.world.state.runners.values()).find(({ name }) => name === runner.name)
    const left = yield* Effect.either(
      pick % 2 === 0 || known === undefined ? server.runners.unregister(runner.token) : server.runners.remove(known.id)
    )
    caller.runner = yield* register(caller.home, `${runner.name}'`)
    return yield* left
  })

const runnersDo = {
  accept: acceptSome,
  update,
  "report a live": reportLive,
  fail: ending(({ server }, { claim }) => server.jobs.error({ ...claim, message: "no" })),
  abort: ending(({ server }, { claim }) => server.jobs.abort({ ...claim, reason: "stopped" })),
  succeed: ending(({ server }, held) => succeed(server, held)),
  "succeed badly": ending(({ server }, held) => succeed(server, held, badResultFor(server.world, held.job))),
  "come late": comeLate,
  "use a wrong token": useWrongToken,
  leave
} satisfies Record<string, Act>

const acts: Record<Kind, Act> = {
  ...runnersDo,
  ...Record.map(asks, (ask) => (({ server }, pick) => ask(server, pick)) satisfies Act),
  // While the write of the video is uncertain, its picture stays. This must not leave one behind forever.
  "take in": ({ home }, pick) => asks["take in"](home, pick)
}

type Kind = keyof typeof runnersDo | keyof typeof asks

/** The share of each kind of command. */
const weights: Record<Kind, number> = {
  accept: 14,
  update: 6,
  "report a live": 8,
  fail: 4,
  abort: 4,
  succeed: 28,
  "succeed badly": 6,
  "come late": 4,
  "use a wrong token": 2,
  leave: 2,
  "take in": 4,
  "start a live": 3,
  "stop a live": 2,
  "make a storyboard": 4,
  transcribe: 4,
  "transcribe from elsewhere": 2,
  edit: 6,
  "edit into a new video": 3,
  retry: 6,
  "ensure renditions": 4,
  cancel: 4,
  "remove a job": 3,
  "remove a video": 1,
  "keep up": 8
}

/** One command of one caller. The number selects its target. */
export interface Command {
  readonly kind: Kind
  readonly pick: number
}

export const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    ...Object.entries(weights).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) }))
  ),
  pick: fc.nat({ max: 210 })
})

/** The commands of three callers at the same time, and the pause after them. */
export interface Round {
  readonly commands: ReadonlyArray<Command>
  readonly seconds: number
}

export const rounds = (size: {
  readonly minLength: number
  readonly maxLength: number
}): fc.Arbitrary<ReadonlyArray<Round>> =>
  fc.array(
    fc.record({
      commands: fc.array(command, { minLength: 3, maxLength: 3 }),
      seconds: fc.constantFrom(0, 0, 0, 0, 20, 50, 200)
    }),
    size
  )

const mayBeUnknown = ({ kind }: Command): boolean => kind === "come late" || kind === "leave"

/** Runs the command and returns its outcome, after the checks that need only this command. */
export const perform = (caller: Caller, command: Command): Effect.Effect<string> =>
  Effect.gen(function* () {
    const { world } = caller.server
    yield* world.refresh
    const answer = yield* outcome(acts[command.kind](caller, command.pick))
    if (!mayBeUnknown(command)) {
      assert.notStrictEqual(answer, "UnknownRunner", "a runner that is registered is never unknown")
    }
    if (command.kind === "use a wrong token") assert.notStrictEqual(answer, "ok", "a wrong token opens nothing")
    return answer
  })

/** Lets others run first at times, and fails at times, before or after the call. */
export const restless =
  (failureRate: number): Around =>
  <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const failure = Effect.fail(portError(call)) as unknown as Effect.Effect<never, E>
      if ((yield* Random.next) < 0.3) yield* turn
      const chance = yield* Random.next
      if (chance < failureRate / 2) return yield* failure
      const value = yield* effect
      return chance < failureRate ? yield* failure : value
    })

const begun = new Set(["Pending", "Processing", "Completing", "Completed"])

/** A job is processed only after its parent is completed. A removed parent was completed. */
export const assertParents = (world: World): void => {
  for (const job of jobsOf(world)) {
    if (Option.isNone(job.parentId) || !begun.has(job.state)) continue
    const parent = world.state.jobs.get(job.parentId.value)
    assert.include([undefined, "Completed"], parent?.state, `the parent of a ${job.state} job`)
  }
}
