import { Context, Effect, FiberSet, Layer, Option, Schedule } from "effect"
import { afterEnd, HostTransaction, type OpenTransaction } from "../../ports/HostTransaction.ts"
import { PersistenceError } from "../../ports/PersistenceError.ts"
import { ifTraced } from "../../ports/Spans.ts"

/** A write, and the effects that must follow exactly when it took effect. */
export interface Commit<A, E> {
  readonly write: Effect.Effect<A, E>
  /**
   * Reads whether the write took effect, and what it gave. Used after a `PersistenceError`, which may hide a commit
   * whose answer was lost.
   */
  readonly written: Effect.Effect<Option.Option<A>, PersistenceError>
  /** Follows when the write took effect. */
  readonly effects: (value: A) => Effect.Effect<void>
  /** Follows instead when that is known only after the caller has got the error. Left out: `effects`. */
  readonly lateEffects?: (value: A) => Effect.Effect<void>
  /** Follows a `PersistenceError` of a write that took no effect. Other errors are the caller's to handle. */
  readonly otherwise?: Effect.Effect<void>
}

/**
 * The only way in which effects follow a commit: pings, removals of files, answers that carry a secret. Events do not need
 * it, because the commit itself writes them.
 */
export class AfterCommit extends Context.Tag("@runner-connector/core/AfterCommit")<
  AfterCommit,
  {
    /**
     * Writes, then runs the effects; nothing can be interrupted in between. After a `PersistenceError` it reads whether
     * the write took effect. Then the call succeeds, or fails with the error of the write. While the read fails too, the
     * call fails, and the read is repeated behind it until the layer ends.
     *
     * In a transaction of the host nothing follows before it has ended. Then it reads whether the write took effect.
     */
    readonly run: <A, E>(commit: Commit<A, E>) => Effect.Effect<A, E | PersistenceError>
  }
>() {}

/** The longest pause between reads while the database is away. */
const patience = Schedule.exponential("100 millis", 2).pipe(Schedule.union(Schedule.spaced("1 minute")))

const resolve = <A, E>({ effects, lateEffects = effects, otherwise = Effect.void, written }: Commit<A, E>) =>
  Effect.retry(written, patience).pipe(
    Effect.flatMap((value) =>
      Effect.uninterruptible(Option.match(value, { onNone: () => otherwise, onSome: lateEffects }))
    ),
    Effect.catchAllCause((cause) => Effect.logError("What follows a commit was not done", cause))
  )

/** The set of what is not known yet. */
type Unresolved = FiberSet.FiberSet<void>

const recover = <A, E>(unresolved: Unresolved, commit: Commit<A, E>, error: E): Effect.Effect<A, E> => {
  const { effects, otherwise = Effect.void, written } = commit
  if (!(error instanceof PersistenceError)) return Effect.fail(error)
  return Effect.matchEffect(written, {
    onFailure: () =>
      Effect.zipRight(FiberSet.run(unresolved, Effect.interruptible(resolve(commit))), Effect.fail(error)),
    onSuccess: Option.match({
      onNone: () => Effect.zipRight(otherwise, Effect.fail(error)),
      onSome: (value) => Effect.as(effects(value), value)
    })
  })
}

const runAlone = <A, E>(unresolved: Unresolved, commit: Commit<A, E>): Effect.Effect<A, E> =>
  Effect.matchEffect(commit.write, {
    onFailure: (error) => recover(unresolved, commit, error),
    onSuccess: (value) => Effect.as(commit.effects(value), value)
  })

/** Nobody but the host knows before the end of its transaction whether the write takes effect. */
const runWithin = <A, E>(
  transaction: OpenTransaction,
  unresolved: Unresolved,
  commit: Commit<A, E>
): Effect.Effect<A, E> => {
  const { effects, otherwise = Effect.void, write } = commit
  const follow = Effect.interruptible(resolve({ ...commit, lateEffects: effects }))
  return write.pipe(
    Effect.tapError((error) => (error instanceof PersistenceError ? otherwise : Effect.void)),
    Effect.zipLeft(afterEnd(unresolved, transaction, follow))
  )
}

const make = Effect.gen(function* () {
  const unresolved = yield* FiberSet.make<void>()
  const transaction = yield* HostTransaction

  return AfterCommit.of({
    run: (commit) => {
      const run = Effect.flatMap(
        transaction,
        Option.match({
          onNone: () => runAlone(unresolved, commit),
          onSome: (open) => runWithin(open, unresolved, commit)
        })
      ).pipe(Effect.uninterruptible)
      return ifTraced(
        () => Effect.withSpan(run, "AfterCommit.run"),
        () => run
      )
    }
  })
})

/** Effects after commits, until the layer ends. */
export const layer: Layer.Layer<AfterCommit> = Layer.scoped(AfterCommit, make)
