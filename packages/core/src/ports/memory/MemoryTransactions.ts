import { Context, Effect } from "effect"
import { OpenTransaction } from "./MemoryLog.ts"
import type { MemoryState } from "./MemoryState.ts"

/** Transactions around several calls of the stores in memory, as a host may open them in a database. */
export class MemoryTransactions extends Context.Tag("@runner-connector/core/MemoryTransactions")<
  MemoryTransactions,
  {
    /**
     * Keeps a transaction open around the effect. Its events appear at its end, in the position of its beginning. Rows
     * appear at once. A failure keeps rows, but not events.
     */
    readonly run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  }
>() {}

/** Transactions over the given state. */
export const make = (state: MemoryState): MemoryTransactions["Type"] => ({
  run: (effect) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const transaction = state.log.begin()
        state.log.open.add(transaction)
        return transaction
      }),
      (transaction) => Effect.provideService(effect, OpenTransaction, transaction),
      (transaction, exit) =>
        Effect.sync(() => {
          state.log.open.delete(transaction)
          if (exit._tag === "Failure") state.log.drop(transaction)
        })
    )
})
