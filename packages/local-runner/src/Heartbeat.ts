import type { FileSystem } from "@effect/platform"
import { Data, Effect, Ref, Schedule } from "effect"
import type { Session } from "./Session.ts"
import { isJobGone, isRefused } from "./wire/Answers.ts"
import * as RunnerCalls from "./wire/RunnerCalls.ts"

/** The server says that the job is not ours any more. */
export class JobGone extends Data.TaggedError("JobGone") {}

/**
 * Reports the progress at once and then at every interval, without end. What goes wrong with that is logged and no
 * more, except that the job is gone: then all work on it is in vain.
 */
export const heartbeat = (
  { settings, wire }: Session,
  holding: RunnerCalls.Holding,
  progress: Ref.Ref<number>
): Effect.Effect<never, JobGone, FileSystem.FileSystem> => {
  const beat = Effect.flatMap(Ref.get(progress), (percent) =>
    RunnerCalls.update(wire, holding, { progress: percent })
  ).pipe(
    Effect.catchAll((error) =>
      isRefused(error) && isJobGone(error)
        ? Effect.fail(new JobGone())
        : Effect.logWarning("The progress could not be reported", error.message)
    )
  )
  return Effect.repeat(beat, Schedule.fixed(settings.progressInterval)).pipe(Effect.zipRight(Effect.never))
}
