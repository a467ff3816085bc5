import type { FileSystem } from "@effect/platform"
import { Data, Effect, Ref, Schedule } from "effect"
import type { Session } from "./Session.ts"
import { isJobGone, isRefused } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"

/** The job no longer belongs to this runner. */
export class JobGone extends Data.TaggedError("JobGone") {}

/**
 * Reports the progress immediately and then at every interval, without end. Logs failed reports and continues. Fails
 * only with `JobGone`, because further work on such a job is useless.
 */
export const heartbeat = (
  { settings, wire }: Session,
  lease: RunnerCalls.Lease,
  progress: Ref.Ref<number>
): Effect.Effect<never, JobGone, FileSystem.FileSystem> => {
  const beat = Effect.flatMap(Ref.get(progress), (percent) =>
    RunnerCalls.update(wire, lease, { progress: percent })
  ).pipe(
    Effect.catchAll((error) =>
      isRefused(error) && isJobGone(error)
        ? Effect.fail(new JobGone())
        : Effect.logWarning("The progress could not be reported", error.message)
    )
  )
  return Effect.repeat(beat, Schedule.fixed(settings.progressInterval)).pipe(Effect.zipRight(Effect.never))
}
