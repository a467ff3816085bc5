import { assert } from "@effect/vitest"
import { Effect, Option, TestClock } from "effect"
import { isTerminal } from "../../src/domain/job/RunnerJob.ts"
import { accept, jobsOf, type Registered, request, succeed, videosOf } from "./actions.ts"
import { beginOnce } from "./beginning.ts"
import { beforeIt, type Fault, faultAt } from "./faults.ts"
import { assertConsistent, assertNothingLeft } from "./invariants.ts"
import { type Process, startProcess } from "./Process.ts"
import { asTimeGoesBy, untilDead } from "./time.ts"
import type { World } from "./World.ts"

/**
 * Processes one job like the real runner: a fault after `accept` is reported as its failure. Returns whether there was
 * a job.
 */
export const workOnce = (process: Process, runner: Registered): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const [first] = yield* request(process, runner)
    if (first === undefined) return false
    yield* process.world.refresh
    const held = yield* accept(process, runner, first.id)
    yield* Effect.ignore(process.jobs.update({ ...held.claim, progress: Option.some(50), payload: undefined }))
    yield* Effect.catchAll(succeed(process, held), (error) =>
      process.jobs.error({ ...held.claim, message: error.message })
    )
    return true
  }).pipe(Effect.orElseSucceed(() => false))

/** More than any test leaves open. */
const MANY = 200

/** Processes one job after the other, until none is offered. */
const workOn = (process: Process, runner: Registered): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let jobs = 0; jobs < MANY; jobs++) if (!(yield* asTimeGoesBy(workOnce(process, runner)))) return
  })

/** A live without an open job is not finished: its replay may still be assembled. */
const allEnded = (world: World): boolean =>
  jobsOf(world).every(isTerminal) && videosOf(world).every(({ endedAt }) => Option.isSome(endedAt))

/** Runs upkeep and a runner until no job is open and no file is kept for late readers. */
export const goOn = (process: Process, runner: Registered): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { world } = process
    for (let rounds = 0; rounds < 10; rounds++) {
      yield* TestClock.adjust("5 minutes")
      yield* asTimeGoesBy(process.upkeep)
      yield* assertConsistent(world)
      yield* workOn(process, runner)
      yield* world.refresh
      if (allEnded(world)) break
    }
    yield* assertConsistent(world)
    yield* TestClock.adjust("2 hours")
    yield* asTimeGoesBy(process.upkeep)
    yield* assertConsistent(world)
    yield* assertNothingLeft(world)
  })

/** The work of a server with the fault, and the work of a second server after it. */
export interface Scenario<A> {
  /** Everything before the fault can strike. It runs once, and each run starts from the state after it. */
  readonly given: (server: Process) => Effect.Effect<A>
  readonly when: (server: Process, given: A) => Effect.Effect<unknown, unknown>
  readonly afterwards: (other: Process, given: A) => Effect.Effect<void>
}

/** Reads only. Its completion has no visible effect. */
const reads = new Set([
  "FileStorage.stat",
  "JobQueue.available",
  "JobQueue.claim",
  "JobStore.family",
  "JobStore.list",
  "JobStore.listSilent",
  "JobStore.ofVideo",
  "MediaProbe.frame",
  "MediaProbe.probe",
  "MediaReportStore.ofVideo",
  "RunnerStore.findByIds",
  "RunnerStore.findByToken",
  "RunnerStore.registrationTokens.findByHash",
  "UploadStore.listSilent",
  "VideoStore.find",
  "VideoStore.findBy",
  "VideoStore.list",
  "VideoStore.listPendingDeletion",
  "VideoStore.listUnfinalized"
])

/** The calls of a scenario without faults, and the number of calls at which the fault struck. */
export interface Swept {
  readonly calls: number
  readonly points: number
}

/**
 * Runs the scenario with the fault at its first call, its second, and so on. For a call that only reads, a fault after
 * the call equals a fault before it. It is left out when `others` has that one.
 */
export const sweep = <A>(
  scenario: Scenario<A>,
  fault: Fault,
  others: ReadonlyArray<Fault> = []
): Effect.Effect<Swept> =>
  Effect.gen(function* () {
    const { again, given } = yield* beginOnce(scenario.given)

    const run = (k: number) =>
      Effect.gen(function* () {
        const world = yield* again
        const { around, calls, hasDied } = faultAt(k, fault)
        const server = yield* startProcess(world, { around })
        yield* untilDead(scenario.when(server, given), hasDied)
        return { calls, world }
      })

    const { calls: whenWell } = yield* run(Number.POSITIVE_INFINITY)
    const before = beforeIt(fault)
    const isSame = (call: string) => before !== undefined && others.includes(before) && reads.has(call)
    let points = 0
    for (let k = 1; k <= whenWell.length; k++) {
      if (isSame(whenWell[k - 1] ?? "")) continue
      const { calls, world } = yield* run(k)
      const where = `when call ${k}, ${calls[k - 1]}, ${fault}`
      assert.isAtLeast(calls.length, k, where)
      points += 1
      yield* Effect.gen(function* () {
        yield* assertConsistent(world)
        yield* scenario.afterwards(yield* startProcess(world), given)
      }).pipe(
        Effect.catchAllDefect((defect) => Effect.die(new Error(`${where}: ${String(defect)}`, { cause: defect })))
      )
    }
    return { calls: whenWell.length, points }
  })
