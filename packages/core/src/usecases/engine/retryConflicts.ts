import { Effect, Schedule } from "effect"
import { JobConflict } from "../../ports/JobStore.ts"
import { VideoConflict } from "../../ports/VideoStore.ts"

/** A conflict means that another writer succeeded, so every race ends. The pause spreads many writers. */
const schedule = Schedule.exponential("5 millis", 1.5).pipe(
  Schedule.union(Schedule.spaced("200 millis")),
  Schedule.jittered
)

const isConflict = (error: unknown): error is JobConflict | VideoConflict =>
  error instanceof JobConflict || error instanceof VideoConflict

/** Repeats the effect after each conflict. */
export const retryConflicts = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, JobConflict | VideoConflict>, R> =>
  // The schedule has no end, so no conflict escapes. The types of `retry` cannot express that.
  Effect.retry(effect, { while: isConflict, schedule }) as Effect.Effect<A, Exclude<E, JobConflict | VideoConflict>, R>
