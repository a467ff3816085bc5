import { Array as Arr, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import { reprioritized } from "../../domain/job/JobsOfVideo.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { JobEnded, UnknownJob } from "../errors.ts"

/**
 * Moves an open job to another priority, from -10 to 10, without changing that of its video. Of a rendition in chunks all
 * open chunks move. The order among the jobs of one priority stays.
 */
export type ChangeJobPriority = (
  id: JobId,
  priority: number
) => Effect.Effect<void, UnknownJob | JobEnded | PersistenceError>

/** The change over the ports. */
export const makeChangeJobPriority: Effect.Effect<ChangeJobPriority, never, JobStore> = Effect.map(
  JobStore,
  (store) => {
    /** The other open chunks of the same rendition. */
    const chunksBeside = ({ id, renditionId, videoId }: RunnerJob) => {
      if (Option.isNone(renditionId) || Option.isNone(videoId)) return Effect.succeed([])
      const isBeside = (job: RunnerJob) =>
        job.id !== id && Option.contains(job.renditionId, renditionId.value) && !isTerminal(job)
      return Effect.map(store.ofVideo(videoId.value), (jobs) => jobs.filter(isBeside))
    }

    return spanned("JobAdmin.changePriority")(
      function* (id: JobId, priority: number) {
        const [job] = yield* store.family(id)
        if (job === undefined) return yield* new UnknownJob({ id })
        if (isTerminal(job)) return yield* new JobEnded({ id, state: job.state })
        const jobs = Arr.prepend(yield* chunksBeside(job), job)
        yield* store.commit(Arr.map(jobs, (one) => reprioritized(one, priority)))
      },
      (effect) => retryConflicts(effect)
    )
  }
)
