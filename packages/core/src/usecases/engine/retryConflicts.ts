import { Effect, Schedule } from "effect"
import { JobConflict } from "../../ports/JobStore.ts"
import { VideoConflict } from "../../ports/VideoStore.ts"

/** A conflict means that somebody else got ahead, so every race ends; the pause only thins out a herd. */
const schedule = Schedule.exponential("5 millis", 1.5).pipe(
  Schedule.union(Schedule.spaced("200 millis")),
  Schedule.jittered
)

const isConflict = (error: unknown): error is JobConflict | VideoConflict =>
  error instanceof JobConflict || error instanceof VideoConflict

/** Reads and decides anew as long as somebody else was faster. */
export const retryConflicts = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, JobConflict | VideoConflict>, R> =>
  // The schedule has no end, so a conflict never gets out; the types of `retry` cannot say that.
  Effect.retry(effect, { while: isConflict, schedule }) as Effect.Effect<A, Exclude<E, JobConflict | VideoConflict>, R>
