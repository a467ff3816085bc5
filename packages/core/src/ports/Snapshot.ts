import { Context, type Effect } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"

/**
 * Runs reads of the stores on one snapshot of the database. Rows that are written meanwhile do not
 * change what they see, so each row of a list is on exactly one of its pages. The effect must only read, and may run several
 * times. Provided by stores with a database. By default, reads run without a snapshot.
 */
export class Snapshot extends Context.Reference<Snapshot>()("@runner-connector/core/Snapshot", {
  defaultValue:
    () =>
    <A, E, R>(reads: Effect.Effect<A, E, R>): Effect.Effect<A, E | PersistenceError, R> =>
      reads
}) {}
