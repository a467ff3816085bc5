import { ConnectorConfig, JobAdmin, JobStore, type RunnerJob, Runners } from "@runner-connector/core"
import { Array as Arr, Effect, Option, Redacted } from "effect"
import { offer } from "../../../bench/src/offer.ts"
import { emptyNotes, type HerdNotes, HerdRunner } from "./HerdRunner.ts"
import { until } from "./waiting.ts"

/** Connected runners that have requested jobs once and found none. */
export interface Herd {
  readonly runners: ReadonlyArray<HerdRunner>
  readonly notes: HerdNotes
}

/** Registers and connects runners. They stay connected until the scope closes. */
export const gather = (count: number) =>
  Effect.gen(function* () {
    const { createRegistrationToken, register } = yield* Runners.Runners
    const { registrationToken } = yield* createRegistrationToken()
    const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
    const notes = emptyNotes()
    const herd = crypto.randomUUID()
    const join = (number: number) =>
      Effect.map(
        register({
          registrationToken,
          name: `${herd} ${number}`,
          description: Option.none(),
          ip: Option.none(),
          version: Option.some("0.4.0")
        }),
        ({ runnerToken }) => new HerdRunner(Number(publicUrl.port), number, Redacted.value(runnerToken), notes)
      )
    const runners = yield* Effect.acquireRelease(
      Effect.forEach(Arr.range(1, count), join, { concurrency: 10 }),
      (all) => Effect.sync(() => Arr.forEach(all, (runner) => runner.close()))
    )
    const idle = Effect.sync(() => runners.filter(({ isIdle }) => isIdle).length)
    yield* until("all runners are idle", idle, (number) => number === count)
    return { runners, notes } satisfies Herd
  })

const count = <A>(all: ReadonlyArray<A>, wanted: (one: A) => boolean): number => all.filter(wanted).length

const clear = ({ calls, errors, jobs, pings }: HerdNotes) =>
  Effect.sync(() => {
    for (const notes of [calls, errors, jobs, pings]) notes.length = 0
  })

/** The outcome of offering jobs to a herd. Times are in milliseconds since the commit. */
export interface Outcome {
  readonly firstPing: number
  readonly firstJob: number
  readonly lastJob: number
  readonly calls: number
  readonly jobs: number
  readonly distinctJobs: number
  readonly lostRaces: number
  readonly errors: ReadonlyArray<string>
}

/** Offers jobs to the herd. Records calls until this many runners have a job, and for some time after that. */
export const stampede = (
  { notes, runners }: Herd,
  {
    jobs,
    taken,
    seconds,
    rest = 0
  }: {
    readonly jobs: number
    readonly taken: number
    readonly seconds: number
    /** Milliseconds in which late calls are counted. */
    readonly rest?: number
  }
) =>
  Effect.gen(function* () {
    yield* clear(notes)
    const committed = (yield* offer(jobs)) - performance.timeOrigin
    const got = Effect.sync(() => notes.jobs.length)
    yield* until(`${taken} runners have a job`, got, (number) => number >= taken, seconds)
    yield* Effect.sleep(rest)
    for (const runner of runners) runner.forget()
    const since = (at: number | undefined) => Math.round((at ?? Number.NaN) - committed)
    const outcome: Outcome = {
      firstPing: since(notes.pings[0]),
      firstJob: since(notes.jobs[0]?.at),
      lastJob: since(notes.jobs.at(-1)?.at),
      calls: notes.calls.length,
      jobs: notes.jobs.length,
      distinctJobs: new Set(notes.jobs.map(({ uuid }) => uuid)).size,
      lostRaces: count(notes.calls, ([, status]) => status === 409),
      errors: [...notes.errors]
    }
    return outcome
  })

/** The leased jobs according to the store. */
export const processing = Effect.flatMap(JobAdmin.JobAdmin, ({ list }) =>
  Effect.map(list({ start: 0, count: 1, states: ["Processing"] }), ({ total }) => total)
)

/** Deletes every job between tests. */
export const cancelAll = Effect.gen(function* () {
  const store = yield* JobStore.JobStore
  const { data } = yield* store.list({ start: 0, count: 100_000, states: ["Pending", "Processing"] })
  const cancelled = data.map(({ parent: _parent, ...job }): RunnerJob.RunnerJob => ({ ...job, state: "Cancelled" }))
  if (Arr.isNonEmptyReadonlyArray(cancelled)) yield* store.commit(cancelled)
})
