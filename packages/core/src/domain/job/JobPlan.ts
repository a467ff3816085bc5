import { type Array as Arr, type DateTime, Either, Option } from "effect"
import { type JobEvent, type JobRules, step, type Transition, type WrongJobState } from "./JobMachine.ts"
import type { RunnerJob } from "./RunnerJob.ts"

/** The rows to write. */
export interface Plan {
  /** The job first, then its changed children. */
  readonly changed: Arr.NonEmptyReadonlyArray<RunnerJob>
}

/**
 * Applies the event to the first job of the family and the resulting events to every job that waits for it, at any
 * depth. Ended children stay as they are. Fails only when the event cannot happen to the first job.
 */
export const plan = (
  family: Arr.NonEmptyReadonlyArray<RunnerJob>,
  event: JobEvent,
  rulesOf: (job: RunnerJob) => JobRules,
  now: DateTime.Utc
): Either.Either<Plan, WrongJobState> =>
  Either.map(step(family[0], event, rulesOf(family[0]), now), (first) => ({
    changed: [first.job, ...follow(first, family, rulesOf, now)]
  }))

/** Level by level. A job has one parent, so it is reached once. A cycle of rows contains the first job and ends there. */
const follow = (
  first: Transition,
  family: ReadonlyArray<RunnerJob>,
  rulesOf: (job: RunnerJob) => JobRules,
  now: DateTime.Utc
): ReadonlyArray<RunnerJob> => {
  const queue = [first]
  for (const { forChildren, job } of queue) {
    if (Option.isNone(forChildren)) continue
    for (const child of family) {
      if (child.id === first.job.id || !Option.contains(child.parentId, job.id)) continue
      const next = step(child, forChildren.value, rulesOf(child), now)
      if (Either.isRight(next)) queue.push(next.right)
    }
  }
  return queue.slice(1).map(({ job }) => job)
}
