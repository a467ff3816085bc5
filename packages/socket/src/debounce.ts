import { Clock, Duration, Effect, Option, Queue, type Scope } from "effect"

/** How triggers become one action. */
export interface DebounceOptions {
  /** The action follows when nothing was triggered for so long. */
  readonly quiet: Duration.Duration
  /** It follows at the latest so long after the first trigger, even when the triggers never stop. */
  readonly maxWait: Duration.Duration
}

/**
 * A trigger that returns at once and is followed by the action: one action for many triggers, and none of them
 * forgotten. When the scope ends, an action that is due comes at once.
 */
export const debounce = (
  action: Effect.Effect<void>,
  options: DebounceOptions
): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const quiet = Duration.toMillis(options.quiet)
    const maxWait = Duration.toMillis(options.maxWait)
    const triggers = yield* Queue.sliding<void>(1)
    let due = false

    const act = Effect.suspend(() => {
      due = false
      return action
    })

    const settled = Effect.gen(function* () {
      yield* Queue.take(triggers)
      const latest = (yield* Clock.currentTimeMillis) + maxWait
      for (;;) {
        const wait = Math.min(quiet, latest - (yield* Clock.currentTimeMillis))
        if (wait <= 0 || Option.isNone(yield* Effect.timeoutOption(Queue.take(triggers), wait))) return
      }
    })

    yield* Effect.addFinalizer(() => Effect.suspend(() => (due ? act : Effect.void)))
    yield* Effect.forkScoped(Effect.forever(Effect.zipRight(settled, act)))
    return Effect.suspend(() => {
      due = true
      return Queue.offer(triggers, undefined)
    })
  })
