import { type Duration, Effect, Queue, type Scope } from "effect"

/**
 * Returns a trigger that does not block. The first trigger runs the action immediately. Further triggers run it once
 * per interval, with all values collected since the last run. When the scope ends, a due action runs at once.
 */
export const throttle = <A>(
  action: (items: ReadonlyArray<A>) => Effect.Effect<void>,
  options: {
    readonly interval: Duration.DurationInput
    /** Compacts the values that wait for the next run. */
    readonly merge: (items: ReadonlyArray<A>) => ReadonlyArray<A>
  }
): Effect.Effect<(items: ReadonlyArray<A>) => Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const triggers = yield* Queue.sliding<void>(1)
    let due: ReadonlyArray<A> = []

    const act = Effect.suspend(() => {
      const items = due
      due = []
      return items.length === 0 ? Effect.void : action(items)
    }).pipe(Effect.catchAllCause((cause) => Effect.logWarning("A throttled action failed", cause)))

    yield* Effect.addFinalizer(() => act)
    yield* Queue.take(triggers).pipe(
      Effect.zipRight(act),
      Effect.zipRight(Effect.sleep(options.interval)),
      Effect.forever,
      Effect.forkScoped
    )
    return (items) =>
      Effect.suspend(() => {
        if (items.length === 0) return Effect.void
        due = options.merge([...due, ...items])
        return Queue.offer(triggers, undefined)
      })
  })
