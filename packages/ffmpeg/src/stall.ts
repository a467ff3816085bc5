import { Clock, Duration, Effect } from "effect"
import { FfmpegError, type StallLimits } from "./Ffmpeg.ts"

/** The number of reports so far, and the finished seconds of output in the newest report. */
export interface ReportCount {
  readonly reports: number
  readonly seconds: number
}

/** Number of checks within each limit. */
const CHECKS = 10
const MAX_PAUSE = Duration.seconds(5)

const stalled = (what: string, limit: Duration.Duration): FfmpegError =>
  new FfmpegError({
    program: "ffmpeg",
    reason: "timeout",
    cause: new Error(`stopped: ${what} for ${Duration.format(limit)}`)
  })

/** Ends a hung run. Interruption kills the process, even if a signal has stopped it. */
export const stallLimit =
  (limits: StallLimits | undefined, count: () => ReportCount) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E | FfmpegError, R> =>
    limits === undefined ? run : Effect.raceFirst(run, watch(limits, count))

const watch = (limits: StallLimits, count: () => ReportCount): Effect.Effect<never, FfmpegError> =>
  Effect.gen(function* () {
    const silence = Duration.decode(limits.silence)
    const standstill = Duration.decode(limits.standstill)
    const pause = Duration.min(Duration.times(Duration.min(silence, standstill), 1 / CHECKS), MAX_PAUSE)
    const began = yield* Clock.currentTimeMillis
    const seen = { ...count(), reportedAt: began, grewAt: began }
    while (true) {
      yield* Effect.sleep(pause)
      const now = yield* Clock.currentTimeMillis
      const { reports, seconds } = count()
      if (reports > seen.reports) Object.assign(seen, { reports, reportedAt: now })
      if (seconds > seen.seconds) Object.assign(seen, { seconds, grewAt: now })
      if (now - seen.reportedAt >= Duration.toMillis(silence)) return yield* stalled("no progress report", silence)
      if (now - seen.grewAt >= Duration.toMillis(standstill)) return yield* stalled("no new output", standstill)
    }
  })
