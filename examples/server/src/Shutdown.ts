import { Context, Deferred, Duration, Effect, Layer } from "effect"
import { Settings } from "./Settings.ts"

/**
 * The orderly end of the server: `/readyz` answers 503, then no connection is accepted any more and runners move to
 * other processes, then requests in progress finish, then everything else closes.
 */
export class Shutdown extends Context.Tag("@runner-connector/example-server/Shutdown")<
  Shutdown,
  {
    /** Whether the end has begun. */
    readonly hasBegun: Effect.Effect<boolean>
    readonly begin: Effect.Effect<void>
    /** Completes when runners must connect to other processes. */
    readonly moved: Effect.Effect<void>
    readonly move: Effect.Effect<void>
  }
>() {}

export const layer: Layer.Layer<Shutdown> = Layer.effect(
  Shutdown,
  Effect.gen(function* () {
    const [begun, moved] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
    return {
      hasBegun: Deferred.isDone(begun),
      begin: Effect.asVoid(Deferred.succeed(begun, undefined)),
      moved: Deferred.await(moved),
      move: Effect.asVoid(Deferred.succeed(moved, undefined))
    }
  })
)

/** Ends before all other layers: reports that the server is not ready, and gives proxies the time to notice it. */
export const layerAnnounce: Layer.Layer<never, never, Shutdown | Settings> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const { begin } = yield* Shutdown
    const { shutdownDelay } = yield* Settings
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(begin, Duration.greaterThan(shutdownDelay, 0) ? Effect.sleep(shutdownDelay) : Effect.void)
    )
  })
)

/** Ends before the layer that listens: closes the connections of runners, which then connect to another process. */
export const layerMove: Layer.Layer<never, never, Shutdown> = Layer.scopedDiscard(
  Effect.flatMap(Shutdown, ({ move }) => Effect.addFinalizer(() => move))
)
