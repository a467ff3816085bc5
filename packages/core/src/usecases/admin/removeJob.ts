import { Array as Arr, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { JobNotRemovable, UnknownJob } from "../errors.ts"
import type { Cancel } from "./cancelJob.ts"

/**
 * Removes the job, every job that waits for it, and the other chunks of its rendition, after cancelling those that are open.
 * A later call of its runner is about an unknown job. After an error in between, call it again.
 */
export type Remove = (id: JobId) => Effect.Effect<void, UnknownJob | JobNotRemovable | PersistenceError>

/** Removal over the ports. */
export const makeRemoveJob = (cancel: Cancel): Effect.Effect<Remove, never, JobStore> =>
  Effect.gen(function* () {
    const store = yield* JobStore

    /** A job that can no longer be cancelled was completed, accepted or removed meanwhile. */
    const end = (id: JobId): Effect.Effect<void, PersistenceError> =>
      Effect.catchTag(cancel(id), "JobNotCancellable", "UnknownJob", () => Effect.void)

    /** A rendition without one of its chunks would never be complete. */
    const withSiblings = Effect.fnUntraced(function* (family: ReadonlyArray<RunnerJob>) {
      const { renditionId = Option.none(), videoId = Option.none() } = family[0] ?? {}
      if (Option.isNone(renditionId) || Option.isNone(videoId)) return family
      const jobs = yield* store.ofVideo(videoId.value)
      const known = new Set(family.map((job) => job.id))
      const isSibling = (job: RunnerJob) => Option.contains(job.renditionId, renditionId.value) && !known.has(job.id)
      return [...family, ...jobs.filter(isSibling)]
    })

    /** Cancels open jobs, or removes ended ones. True when the job is gone. */
    const proceed = Effect.fnUntraced(function* (id: JobId) {
      const family = yield* withSiblings(yield* store.family(id))
      if (!Arr.isNonEmptyReadonlyArray(family)) return yield* new UnknownJob({ id })
      const stored = family.find((job) => job.state === "Completing")
      if (stored !== undefined) return yield* new JobNotRemovable({ id: stored.id, state: stored.state })
      const open = family.filter((job) => !isTerminal(job))
      if (open.length === 0) yield* store.remove(family)
      else yield* Effect.forEach(open, (job) => end(job.id), { discard: true })
      return open.length === 0
    })

    return spanned("JobAdmin.remove")(function* (id) {
      yield* Effect.repeat(retryConflicts(proceed(id)), { until: (isGone) => isGone })
      yield* Effect.logInfo("A job was removed").pipe(Effect.annotateLogs({ job: id }))
    })
  })
