import { Duration, Effect } from "effect"
import { FfmpegError } from "./Ffmpeg.ts"

/** Ends a run at its time limit. Interruption kills the process. */
export const timeLimit =
  (program: "ffmpeg" | "ffprobe", limit: Duration.DurationInput | undefined) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E | FfmpegError, R> =>
    limit === undefined
      ? run
      : Effect.timeoutFail(run, {
          duration: limit,
          onTimeout: () =>
            new FfmpegError({
              program,
              reason: "timeout",
              cause: new Error(`stopped after ${Duration.format(Duration.decode(limit))}`)
            })
        })
