import { type Duration, Effect, Fiber } from "effect"

/**
 * Runs a call to its end even if it is interrupted, because its answer contains something that would be lost. An
 * interruption waits at most this long.
 */
export const finishing =
  (limit: Duration.Duration) =>
  <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkDaemon(call)
        // A daemon, because a second interruption of the caller would also end the wait of a child.
        const ending = Effect.forkDaemon(Effect.timeoutOption(Effect.interruptible(Fiber.await(fiber)), limit))
        const ended = Effect.flatMap(ending, Fiber.await)
        return yield* restore(Fiber.join(fiber)).pipe(Effect.onInterrupt(() => ended))
      })
    )
