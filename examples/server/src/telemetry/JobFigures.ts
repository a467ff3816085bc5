import type { PgClient } from "@effect/sql-pg"
import { JobType, RunnerJob, Telemetry } from "@runner-connector/core"
import { Figures } from "@runner-connector/persistence-sql"
import { Clock, Context, Effect, Layer, Metric, Option, Ref, Schedule, type Scope } from "effect"
import { Settings } from "../Settings.ts"

/** The names of PeerTube's metric. */
const stateLabels: Readonly<Record<RunnerJob.JobState, string>> = {
  Pending: "pending",
  Processing: "processing",
  Completed: "completed",
  Errored: "errored",
  WaitingForParent: "waiting_for_parent_job",
  Cancelled: "cancelled",
  ParentErrored: "parent_errored",
  ParentCancelled: "parent_cancelled",
  Completing: "completing"
}

const queue = Metric.gauge("peertube_runner_job_queue_total", { description: "Jobs by type and state." })
const oldest = Metric.gauge("runner_connector_queue_oldest_seconds", {
  description: "Age of the oldest pending job of each type."
})
const runners = Metric.gauge("runner_connector_runners", {
  description: "Runners that are registered, online, and busy."
})
const lag = Metric.gauge("runner_connector_event_lag_seconds", {
  description: "Age of the oldest event that a consumer has not processed."
})
const givenUp = Metric.gauge("runner_connector_events_given_up", { description: "Events that a consumer gave up." })
const connections = Metric.gauge("runner_connector_database_connections", {
  description: "Connections to the database by their state, of all processes with this user."
})
const poolSize = Metric.gauge("runner_connector_database_pool_size", {
  description: "The most connections that the pools of this server open (`DATABASE_POOL_SIZE`)."
})
const readAt = Metric.gauge("runner_connector_figures_age_seconds", {
  description: "Age of the figures that are read from the database."
})

/** Metrics that describe the database, not this process: several processes report the same. */
export const shared: ReadonlySet<string> = new Set([
  "peertube_runner_job_queue_total",
  "runner_connector_queue_oldest_seconds",
  "runner_connector_runners",
  "runner_connector_event_lag_seconds",
  "runner_connector_events_given_up",
  "runner_connector_database_connections",
  "runner_connector_figures_age_seconds"
])

const set = (metric: Metric.Metric.Gauge<number>, labels: Readonly<Record<string, string>>, value: number) =>
  Metric.set(
    Object.entries(labels).reduce((tagged, [key, text]) => Metric.tagged(tagged, key, text), metric),
    value
  )

/** Older figures are read again, in the background of the answer that shows them. */
const FRESH = 10_000

/** The same for jobs that have ended, whose count reads the whole table. */
const FRESH_INACTIVE = 60_000

/** Gauges of the rows in the database. */
export class JobFigures extends Context.Tag("@runner-connector/example-server/JobFigures")<
  JobFigures,
  {
    /**
     * Sets the gauges. The first call waits for the database. Later calls return at once, with figures that are at least
     * ten seconds old read again behind them.
     */
    readonly refresh: Effect.Effect<void>
  }
>() {}

const show = (figures: Figures.Figures, inactive: ReadonlyArray<Figures.JobCount>, known: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const counts = [...figures.active, ...inactive]
    const types = new Set([...known, ...counts.map(({ type }) => type)])
    const found = new Map(counts.map(({ jobs, state, type }) => [`${type} ${state}`, jobs]))
    const ages = new Map(figures.oldest.map(({ seconds, type }) => [type, seconds]))
    for (const jobType of types) {
      for (const state of RunnerJob.JobState.literals) {
        yield* set(queue, { jobType, state: stateLabels[state] }, found.get(`${jobType} ${state}`) ?? 0)
      }
      yield* set(oldest, { jobType }, ages.get(jobType) ?? 0)
    }
    for (const [state, count] of Object.entries(figures.runners)) yield* set(runners, { state }, count)
    for (const one of figures.consumers) {
      yield* set(lag, { consumer: one.name }, one.lag)
      yield* set(givenUp, { consumer: one.name }, one.givenUp)
    }
    const open = new Map(figures.connections.map(({ count, state }) => [state, count]))
    for (const state of new Set(["active", "idle", "idle in transaction", ...open.keys()])) {
      yield* set(connections, { state }, open.get(state) ?? 0)
    }
  })

/** Reads again only when the last value is at least `freshFor` milliseconds old. */
const makeReader = <A, E, R>(freshFor: number, read: Effect.Effect<A, E, R>) =>
  Effect.map(Ref.make<{ readonly at: number; readonly value: A } | undefined>(undefined), (last) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const known = yield* Ref.get(last)
      if (known !== undefined && now - known.at < freshFor) return known
      const fresh = { at: now, value: yield* read }
      yield* Ref.set(last, fresh)
      return fresh
    })
  )

const make: Effect.Effect<JobFigures["Type"], never, PgClient.PgClient | JobType.JobTypes | Settings | Scope.Scope> =
  Effect.gen(function* () {
    const types = (yield* JobType.JobTypes).all.map(({ name }) => name)
    yield* Telemetry.initialise(types)
    const context = yield* Effect.context<PgClient.PgClient>()
    const scope = yield* Effect.scope
    const one = yield* Effect.makeSemaphore(1)
    const active = yield* makeReader(FRESH, Figures.read)
    const inactive = yield* makeReader(FRESH_INACTIVE, Figures.readInactive)
    const shownAt = yield* Ref.make<number | undefined>(undefined)
    const update = Effect.gen(function* () {
      const figures = yield* active
      if ((yield* Ref.get(shownAt)) === figures.at) return
      yield* show(figures.value, (yield* inactive).value, types)
      yield* Ref.set(shownAt, figures.at)
    }).pipe(
      one.withPermits(1),
      Effect.provide(context),
      Effect.catchAllCause((cause) => Effect.logWarning("The figures of the database could not be read", cause))
    )
    const { databasePoolSize, otlp } = yield* Settings
    yield* Metric.set(poolSize, databasePoolSize)
    // Collectors send no requests that would refresh the figures.
    if (Option.isSome(otlp)) yield* Effect.forkScoped(Effect.repeat(update, Schedule.spaced(FRESH)))
    return {
      refresh: Effect.gen(function* () {
        const at = yield* Ref.get(shownAt)
        if (at === undefined) yield* update
        else yield* Effect.forkIn(update, scope)
        const seen = yield* Ref.get(shownAt)
        const now = yield* Clock.currentTimeMillis
        yield* Metric.set(readAt, seen === undefined ? -1 : (now - seen) / 1000)
      })
    }
  })

/** The figures of the database of this server. */
export const layer: Layer.Layer<JobFigures, never, PgClient.PgClient | JobType.JobTypes | Settings> = Layer.scoped(
  JobFigures,
  make
)
