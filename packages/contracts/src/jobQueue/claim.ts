import { Ids, JobQueue, type Persistence, type RunnerJob, StudioTasks } from "@runner-connector/core"
import { DateTime, Effect } from "effect"
import { later } from "../stores.ts"

export const freshType = (name: string): string => `${name} ${crypto.randomUUID()}`

/** A runner with this id. Stores do not check that it exists. */
export const runnerId = (number: number): Ids.RunnerId => Ids.RunnerId.make(number)

/** Claims for a runner that meets every requirement. Reserves the first job for two seconds. */
export const claim = (
  query: Partial<JobQueue.ClaimQuery> & Pick<JobQueue.ClaimQuery, "types">
): Effect.Effect<ReadonlyArray<RunnerJob.RunnerJob>, Persistence.PersistenceError, JobQueue.JobQueue> =>
  Effect.flatMap(JobQueue.JobQueue, (queue) => {
    const at = query.at ?? later(1000)
    const until = DateTime.add(at, { seconds: 2 })
    const runner = { runnerId: runnerId(1), requirements: StudioTasks.taskNames, labels: [] }
    return queue.claim({ ...runner, limit: 10, at, until, ...query })
  })
