import { DateTime, Duration, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { concurrencyLimits } from "../../config/ConnectorSettings.ts"
import type { JobId } from "../../domain/Ids.ts"
import { hasLimits, reachedLimit } from "../../domain/job/ConcurrencyLimits.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type WaitingFor, waitingFor } from "../../domain/job/WaitingFor.ts"
import { JobQueue } from "../../ports/JobQueue.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerWorkload } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { Runners } from "../runner/Runners.ts"

/** Explains why waiting jobs wait. Omits every other job. */
export type Explain = (
  jobs: ReadonlyArray<RunnerJob>
) => Effect.Effect<ReadonlyMap<JobId, WaitingFor>, PersistenceError>

/** Explanations over the ports. Reads runners and running jobs only when one of the jobs is pending. */
export const makeExplainJobs: Effect.Effect<Explain, never, Runners | JobQueue | ConnectorConfig> = Effect.gen(
  function* () {
    const { workloads } = yield* Runners
    const queue = yield* JobQueue
    const config = yield* ConnectorConfig
    const limits = concurrencyLimits(config)
    const patience = Duration.sum(config.offlineAfter, config.contactInterval)
    return spanned("JobAdmin.explain")(function* (jobs) {
      const now = yield* DateTime.now
      const isAnyPending = jobs.some(({ state }) => state === "Pending")
      // A runner that has just registered is in no report of presence yet.
      const recent = DateTime.subtractDuration(now, patience)
      const isOnline = ({ lastContact, online }: RunnerWorkload) =>
        online || DateTime.greaterThanOrEqualTo(lastContact, recent)
      const runners = (isAnyPending ? yield* workloads : []).map((one) => ({ ...one, online: isOnline(one) }))
      const running = isAnyPending && hasLimits(limits) ? yield* queue.running : []
      const reasons = new Map<JobId, WaitingFor>()
      for (const job of jobs) {
        const reason = waitingFor({
          job,
          retryAt: job.notBefore,
          runners,
          reached: reachedLimit(job, limits, running),
          now
        })
        if (Option.isSome(reason)) reasons.set(job.id, reason.value)
      }
      return reasons
    })
  }
)
