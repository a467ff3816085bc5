import { type Duration, Effect, Queue, type Scope } from "effect"

/**
 * A trigger that returns at once. The first trigger runs the action immediately; further ones run it once per interval,
 * with everything that was triggered meanwhile. When the scope ends, an action that is due runs at once.
 */
export const throttle = <A>(
  action: (items: ReadonlyArray<A>) => Effect.Effect<void>,
  options: {
    readonly interval: Duration.DurationInput
    /** Shortens what waits for the next run. */
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
