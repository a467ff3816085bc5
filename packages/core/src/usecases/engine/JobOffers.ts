import { Context, type DateTime, Effect, Layer } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { concurrencyLimits } from "../../config/ConnectorSettings.ts"
import type { RunnerId } from "../../domain/Ids.ts"
import { fullOf, hasLimits } from "../../domain/job/ConcurrencyLimits.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { noTurns, orderOf, served, type TenantTurns, weightOf } from "../../domain/job/TenantTurns.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { type AvailableJobs, type ClaimQuery, JobQueue } from "../../ports/JobQueue.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { makeHolds } from "./holds.ts"

/** A query without what the offers add. */
type Offer = Omit<ClaimQuery, "full" | "turns" | "until" | "urgent">

/** Claims jobs for runners, so that tenants share the runners by their weights and stay within their limits. */
export class JobOffers extends Context.Tag("@runner-connector/core/JobOffers")<
  JobOffers,
  {
    /**
     * `JobQueue.claim` for the tenant in turn. Runners with the same labels are shared apart from others, because a tenant
     * can use runners that nobody else has a use for. Each process shares the runners that call it. The first job is kept for
     * the runner for two seconds, or up to ten while runners take long to accept.
     */
    readonly claim: (query: Offer) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** Notes that the runner accepts a job, to measure how long accepts take. */
    readonly accepts: (runner: RunnerId, at: DateTime.Utc) => Effect.Effect<void>

    /** `JobQueue.available` without jobs that have reached their limits. */
    readonly available: (
      query: Pick<ClaimQuery, "at" | "types">
    ) => Effect.Effect<ReadonlyArray<AvailableJobs>, PersistenceError>
  }
>() {}

/** The most sets of labels whose turns are remembered. */
const MAX_KINDS = 100

/** The turns of each kind of runners. The kind that was served last is the last one. */
const makeTurns = () => {
  const kinds = new Map<string, TenantTurns>()
  const of = (kind: string): TenantTurns => kinds.get(kind) ?? noTurns
  const put = (kind: string, turns: TenantTurns): void => {
    kinds.delete(kind)
    kinds.set(kind, turns)
    const [oldest] = kinds.keys()
    if (kinds.size > MAX_KINDS && oldest !== undefined) kinds.delete(oldest)
  }
  return { of, put }
}

const make = Effect.gen(function* () {
  const queue = yield* JobQueue
  const config = yield* ConnectorConfig
  const limits = concurrencyLimits(config)
  const turns = makeTurns()
  const holds = makeHolds()
  const urgent = (yield* JobTypes).all.filter(({ silence }) => silence === "live").map(({ name }) => name)
  const full = hasLimits(limits)
    ? Effect.map(queue.running, (running) => ({ full: fullOf(limits, running) }))
    : Effect.succeed({})
  return JobOffers.of({
    available: (query) => Effect.flatMap(full, (left) => queue.available({ ...query, ...left })),
    accepts: (runner, at) => Effect.sync(() => holds.accepts(runner, at)),
    claim: Effect.fnUntraced(function* (query) {
      const kind = query.labels.join(" ")
      const shares = { ...(yield* full), urgent, turns: orderOf(turns.of(kind)) }
      const jobs = yield* queue.claim({ ...query, ...shares, until: holds.until(query.at) })
      const [first] = jobs
      // Runners accept an offered job at once. Counting the offer spreads simultaneous requests over the tenants.
      if (first !== undefined) {
        turns.put(kind, served(turns.of(kind), first.tenant, weightOf(config.tenantWeights, first.tenant)))
        holds.shown(query.runnerId, query.at)
      }
      return jobs
    })
  })
})

/** The offers over the ports. */
export const layer: Layer.Layer<JobOffers, never, JobQueue | JobTypes | ConnectorConfig> = Layer.effect(JobOffers, make)
