import { Effect } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { anybody, type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { JobNotCancellable, type UnknownJob } from "../errors.ts"

/** Cancels the job and every job that waits for it. */
export type Cancel = (id: JobId) => Effect.Effect<void, UnknownJob | JobNotCancellable | PersistenceError>

/** Cancellation over the ports. */
export const makeCancel: Effect.Effect<Cancel, never, MovingJobs | VideoFinalizer> = Effect.gen(function* () {
  const finalizer = yield* VideoFinalizer
  const { advance } = yield* makeAdvance
  return spanned("JobAdmin.cancel")(function* (id: JobId) {
    const job = yield* advance(id, anybody, JobEvent.Cancelled()).pipe(
      Effect.catchTag("WrongJobState", (error) => new JobNotCancellable({ id, state: error.state }))
    )
    yield* finalizer.afterJob(job)
  })
})
