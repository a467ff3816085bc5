import { Data, Effect, Option } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { type Guard, type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"

/** The job has ended, or another runner has it. */
class NotOrphaned extends Data.TaggedError("NotOrphaned") {}

/** Permits an event only while the job is processed by a runner that was removed. */
const orphaned: Guard<NotOrphaned> = ({ runnerId, state }) =>
  state === "Processing" && Option.isNone(runnerId) ? Effect.void : new NotOrphaned()

/** Gives the jobs of a removed runner to others. Never fails: upkeep releases what cannot be released now. */
export type ReleaseJobs = (ids: ReadonlyArray<JobId>) => Effect.Effect<void>

/** The release over the ports. */
export const makeReleaseJobs: Effect.Effect<ReleaseJobs, never, MovingJobs | VideoFinalizer> = Effect.gen(function* () {
  const finalizer = yield* VideoFinalizer
  const { advance } = yield* makeAdvance
  const event = JobEvent.Aborted({ stalled: false, message: "The runner was removed" })

  const release = (id: JobId) =>
    advance(id, orphaned, event).pipe(
      Effect.tap((job) => finalizer.afterJob(job)),
      Effect.zipRight(Effect.logInfo("A job of a removed runner was released").pipe(Effect.annotateLogs({ job: id }))),
      Effect.catchTag("NotOrphaned", "UnknownJob", "WrongJobState", () => Effect.void),
      Effect.catchAllCause((cause) =>
        Effect.logWarning("A job of a removed runner could not be released now; upkeep will try again", cause)
      )
    )

  return (ids) => Effect.forEach(ids, release, { discard: true })
})
