import { Context, type Effect } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"

/**
 * Runs reads of the stores on one snapshot of the database. The pages of a list then fit together, whatever is written
 * meanwhile: no row is in two of them or in none. Reads only, and they may be repeated. Provided by stores with a database.
 * By default reads run as they are.
 */
export class Snapshot extends Context.Reference<Snapshot>()("@runner-connector/core/Snapshot", {
  defaultValue:
    () =>
    <A, E, R>(reads: Effect.Effect<A, E, R>): Effect.Effect<A, E | PersistenceError, R> =>
      reads
}) {}
