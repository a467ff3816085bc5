import { Effect } from "effect"
import type { JobId, VideoId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { isTerminal } from "../../domain/job/RunnerJob.ts"
import type { FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { JobAdmin } from "../admin/JobAdmin.ts"
import type { MovingJobs } from "../engine/advance.ts"
import { stillStoring } from "../engine/Publishing.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeWithdraw } from "../engine/withdraw.ts"

/** Ends all jobs of a video. Nothing of the video can be published afterwards. */
export type CancelJobs = (id: VideoId) => Effect.Effect<void, FileStorageError | PersistenceError>

/** Cancellation of all jobs of a video, over the ports. */
export const makeCancelJobs: Effect.Effect<CancelJobs, never, MovingJobs | JobAdmin | VideoFinalizer> = Effect.gen(
  function* () {
    const jobs = yield* JobAdmin
    const store = yield* JobStore
    const withdraw = yield* makeWithdraw

    /** A job whose result is being stored cannot be cancelled. Withdraws it from the process that stores the result. */
    const takeBack = (id: JobId) =>
      Effect.gen(function* () {
        const [job] = yield* store.family(id)
        if (job === undefined) return
        const event = JobEvent.Aborted({ stalled: false, message: "The video was removed" })
        yield* withdraw(job, stillStoring(job), event)
      }).pipe(Effect.catchTag("AttemptLost", "UnknownJob", "WrongJobState", () => Effect.void))

    const cancel = (id: JobId): Effect.Effect<void, FileStorageError | PersistenceError> =>
      jobs.cancel(id).pipe(
        Effect.catchTag("UnknownJob", () => Effect.void),
        Effect.catchTag("JobNotCancellable", ({ state }) =>
          state === "Completing" ? Effect.zipRight(takeBack(id), cancel(id)) : Effect.void
        )
      )

    return (id) =>
      Effect.flatMap(jobs.ofVideo(id), (all) =>
        Effect.forEach(
          all.filter((job) => !isTerminal(job)),
          (job) => cancel(job.id),
          { discard: true }
        )
      )
  }
)
