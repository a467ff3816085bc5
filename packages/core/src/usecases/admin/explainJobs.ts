import { DateTime, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type WaitingFor, waitingFor } from "../../domain/job/WaitingFor.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { Runners } from "../runner/Runners.ts"

/** Explains why waiting jobs wait. Omits every other job. */
export type Explain = (
  jobs: ReadonlyArray<RunnerJob>
) => Effect.Effect<ReadonlyMap<JobId, WaitingFor>, PersistenceError>

/** Explanations over the ports. Reads the runners only when one of the jobs is pending. */
export const makeExplainJobs: Effect.Effect<Explain, never, Runners> = Effect.gen(function* () {
  const { workloads } = yield* Runners
  return spanned("JobAdmin.explain")(function* (jobs) {
    const now = yield* DateTime.now
    const runners = jobs.some(({ state }) => state === "Pending") ? yield* workloads : []
    const reasons = new Map<JobId, WaitingFor>()
    for (const job of jobs) {
      const reason = waitingFor({ job, retryAt: job.notBefore, runners, now })
      if (Option.isSome(reason)) reasons.set(job.id, reason.value)
    }
    return reasons
  })
})
