import { DateTime, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type WaitingFor, waitingFor } from "../../domain/job/WaitingFor.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { Runners } from "../runner/Runners.ts"

const PAGE = 100

/** Only the newest runners up to this number are considered. */
const MAX_RUNNERS = 1000

/** The properties of a runner that decide which jobs it is offered. */
const abilities = ({ jobTypes, version }: Runner): Parameters<typeof waitingFor>[0]["runners"][number] => ({
  version,
  jobTypes
})

/** Explains why waiting jobs wait. Omits every other job. */
export type Explain = (
  jobs: ReadonlyArray<RunnerJob>
) => Effect.Effect<ReadonlyMap<JobId, WaitingFor>, PersistenceError>

/** Explanations over the ports. Reads the runners only when one of the jobs is pending. */
export const makeExplainJobs: Effect.Effect<Explain, never, Runners> = Effect.gen(function* () {
  const { list } = yield* Runners

  const registered = Effect.gen(function* () {
    const found: Array<Runner> = []
    for (let start = 0; start < MAX_RUNNERS; start += PAGE) {
      const { data, total } = yield* list({ start, count: PAGE })
      found.push(...data)
      if (start + PAGE >= total) break
    }
    return found.map(abilities)
  })

  return Effect.fn("JobAdmin.explain")(function* (jobs) {
    const now = yield* DateTime.now
    const runners = jobs.some(({ state }) => state === "Pending") ? yield* registered : []
    const reasons = new Map<JobId, WaitingFor>()
    for (const job of jobs) {
      const reason = waitingFor({ job, retryAt: job.notBefore, runners, now })
      if (Option.isSome(reason)) reasons.set(job.id, reason.value)
    }
    return reasons
  })
})
