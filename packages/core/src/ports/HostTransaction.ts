import { Context, Effect, FiberSet, type Option } from "effect"
import type { PersistenceError } from "./PersistenceError.ts"

/** A transaction of the host in which the stores take part. */
export interface OpenTransaction {
  /** Waits until it was committed or rolled back. */
  readonly ended: Effect.Effect<void>
  /** Runs the effect outside of the transaction. It must wait for nothing that the transaction has written. */
  readonly outside: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Runs the effect in the background after the transaction has ended, whatever its outcome. Does not run it if the set
 * of fibers ends before.
 */
export const afterEnd = (
  set: FiberSet.FiberSet<void>,
  { ended, outside }: OpenTransaction,
  effect: Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.asVoid(FiberSet.run(set, outside(Effect.zipRight(Effect.interruptible(ended), effect))))

/**
 * The transaction of the host around the calling fiber. Provided by stores that can take part in one. Fails when the
 * transaction has already failed. None by default.
 */
export class HostTransaction extends Context.Reference<HostTransaction>()("@runner-connector/core/HostTransaction", {
  defaultValue: (): Effect.Effect<Option.Option<OpenTransaction>, PersistenceError> => Effect.succeedNone
}) {}
