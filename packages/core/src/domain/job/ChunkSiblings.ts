import { type DateTime, Either, Option } from "effect"
import { JobEvent, type JobRules, lostItsParent, step } from "./JobMachine.ts"
import { isTerminal, type RunnerJob, retryableStates } from "./RunnerJob.ts"

const hasLost = (job: RunnerJob): boolean => isTerminal(job) && job.state !== "Completed"

/** Whether a change of a job changes the other chunks of its rendition: it ended without a result, or begins again. */
export const concernsSiblings = (before: RunnerJob, after: RunnerJob): boolean =>
  Option.isSome(after.renditionId) && hasLost(before) !== hasLost(after)

/** The change of another chunk of the same rendition. */
const eventFor = (changed: RunnerJob, sibling: RunnerJob): JobEvent => {
  if (hasLost(changed)) return changed.state === "Errored" ? JobEvent.ParentErrored() : JobEvent.ParentCancelled()
  return retryableStates.has(sibling.state) ? JobEvent.Retried({ waits: false }) : JobEvent.ParentRetried()
}

/**
 * The other chunks of a rendition after one of them has ended without a result, or is tried again. A rendition needs all of
 * its chunks: the open ones end as well, and those that ended follow a retry. Results that are complete or being stored
 * stay as they are.
 */
export const changedSiblings = (
  changed: RunnerJob,
  jobs: ReadonlyArray<RunnerJob>,
  rulesOf: (job: RunnerJob) => JobRules,
  now: DateTime.Utc
): ReadonlyArray<RunnerJob> =>
  jobs
    .filter(({ id, renditionId }) => id !== changed.id && Option.isSome(renditionId))
    .filter(({ renditionId }) => Option.getOrNull(renditionId) === Option.getOrNull(changed.renditionId))
    .filter((job) => hasLost(changed) || retryableStates.has(job.state) || lostItsParent.has(job.state))
    .flatMap((job) =>
      Option.toArray(Option.map(Either.getRight(step(job, eventFor(changed, job), rulesOf(job), now)), (_) => _.job))
    )
