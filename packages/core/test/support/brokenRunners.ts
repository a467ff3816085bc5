import { assert } from "@effect/vitest"
import { Array as Arr, Effect, Option, TestClock } from "effect"
import * as Media from "../../src/testing/media.ts"
import { accept, type Held, jobsOf, type Registered, register, request, succeed, takeIn } from "./actions.ts"
import { aProcess, type Process } from "./Process.ts"
import { resultWith } from "./results.ts"

/** What a runner does in each tick of ten seconds. */
type Behavior = (server: Process, runner: Registered) => (tick: number) => Effect.Effect<void>

type End = (server: Process, held: Held) => Effect.Effect<unknown, unknown>

/** How many jobs a broken runner takes at once. */
const CONCURRENCY = 2

interface Way {
  /** The jobs that the runner has at once. */
  readonly concurrency: number
  /** Ticks from taking a job to its end. */
  readonly lasts: number
  readonly end: End
  /** Whether the runner reports that it works. */
  readonly reports: boolean
}

const take = (server: Process, runner: Registered) =>
  Effect.gen(function* () {
    const [first] = yield* request(server, runner)
    return first === undefined ? Option.none() : yield* Effect.option(accept(server, runner, first.id))
  }).pipe(Effect.orDie)

/** A runner that takes jobs, and ends each in the same way. */
const working =
  ({ concurrency, end, lasts, reports }: Way): Behavior =>
  (server, runner) => {
    let jobs: ReadonlyArray<{ readonly held: Held; readonly until: number }> = []
    const isDue = (tick: number) => (job: { readonly until: number }) => job.until <= tick
    return (tick) =>
      Effect.gen(function* () {
        for (const { held } of jobs.filter(isDue(tick))) yield* end(server, held)
        jobs = jobs.filter((job) => !isDue(tick)(job))
        for (const { held } of reports ? jobs : []) {
          yield* server.jobs.update({ ...held.claim, progress: Option.none(), payload: undefined })
        }
        while (jobs.length < concurrency) {
          const held = yield* take(server, runner)
          if (Option.isNone(held)) return
          jobs = [...jobs, { held: held.value, until: tick + lasts }]
        }
      }).pipe(Effect.orDie)
  }

const fail: End = (server, { claim }) => server.jobs.error({ ...claim, message: "no encoder" })
const stop: End = (server, { claim }) => server.jobs.abort({ ...claim, reason: "stopped" })
const sending =
  (media: Uint8Array): End =>
  (server, held) =>
    succeed(server, held, resultWith(server.world, held.job, media))

/** Completes each job after a minute. */
const healthy: Behavior = working({ concurrency: 1, lasts: 6, end: succeed, reports: true })

/** A runner that fails job after job within seconds. */
const failing: Behavior = (server, runner) => () =>
  Effect.flatMap(
    take(server, runner),
    Option.match({ onNone: () => Effect.void, onSome: (held) => fail(server, held) })
  ).pipe(Effect.repeatN(1), Effect.orDie, Effect.asVoid)

/** The lease of a silent runner ends after two minutes. */
const SILENCE = 12

/** The ways in which a runner is broken. */
export const broken = {
  "fails at once": failing,
  "fails after half a minute": working({ concurrency: CONCURRENCY, lasts: 3, end: fail, reports: true }),
  "sends garbage": working({
    ...{ concurrency: CONCURRENCY, lasts: 3, reports: true },
    end: sending(new TextEncoder().encode("garbage"))
  }),
  "sends the first second": working({
    ...{ concurrency: CONCURRENCY, lasts: 3, reports: true },
    end: sending(Media.aVideo({ seconds: 1 }))
  }),
  "falls silent": working({ concurrency: CONCURRENCY, lasts: SILENCE, end: () => Effect.void, reports: false }),
  "crashes with each job and starts again": working({
    ...{ concurrency: 1, lasts: 1, reports: false },
    end: () => Effect.void
  }),
  "gives each job back": working({ concurrency: CONCURRENCY, lasts: 3, end: stop, reports: true })
} satisfies Readonly<Record<string, Behavior>>
export type Broken = keyof typeof broken

const VIDEOS = 27
const HEALTHY = 9
/** A course that is not over by then never ends. */
const MAX_TICKS = 500

/** How many jobs are completed at the end of each tick, until all are, and what is left then. */
export interface Course {
  readonly completed: ReadonlyArray<number>
  readonly server: Process
}

/** Lets nine healthy runners and so many broken ones work, until every job is completed. */
export const course = (kind: Broken, count: number): Effect.Effect<Course> =>
  Effect.gen(function* () {
    const server = yield* aProcess()
    const behaviors: ReadonlyArray<readonly [name: string, behavior: Behavior]> = [
      ...Array.from({ length: count }, (_, n) => [`broken ${n}`, broken[kind]] as const),
      ...Array.from({ length: HEALTHY }, (_, n) => [`healthy ${n}`, healthy] as const)
    ]
    const acts = yield* Effect.forEach(behaviors, ([name, behavior]) =>
      Effect.map(register(server, name), (runner) => behavior(server, runner))
    )
    for (let n = 0; n < VIDEOS; n += 1) yield* takeIn(server, { destination: `videos/${n}` })
    const completed: Array<number> = []
    const done = () => jobsOf(server.world).filter(({ state }) => state === "Completed").length
    for (let tick = 0; done() < jobsOf(server.world).length; tick += 1) {
      for (const act of acts) yield* act(tick)
      yield* server.upkeep
      yield* TestClock.adjust("10 seconds")
      completed.push(done())
      assert.isBelow(tick, MAX_TICKS, JSON.stringify(Arr.groupBy(jobsOf(server.world), ({ state }) => state)))
    }
    return { completed, server }
  }).pipe(Effect.orDie)

/**
 * Asserts that so many broken runners cost less than 5 % of the throughput, and no job. A single one costs no more when the
 * last jobs end.
 */
export const assertHarmless = (kind: Broken, count: number): Effect.Effect<Course> =>
  Effect.gen(function* () {
    const without = yield* course(kind, 0)
    const found = yield* course(kind, count)
    for (const share of count === 1 ? [0.5, 1] : [0.5]) {
      const at = Math.ceil(share * without.completed.length) - 1
      const [kept = 0, all = 0] = [found.completed[at], without.completed[at]]
      assert.isAtLeast(kept, 0.95 * all, `${kept} of ${all} jobs, at ${share} of the time`)
    }
    return found
  })

/** Why the broken runners are in quarantine. */
export const reasons = ({ server }: Course): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(Effect.orDie(server.runners.list({ start: 0, count: 100 })), ({ data }) =>
    data
      .filter(({ name }) => name.startsWith("broken"))
      .flatMap(({ health }) => Option.toArray(Option.map(health.quarantine, ({ reason }) => reason)))
  )
