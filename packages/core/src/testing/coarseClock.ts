import { type Clock, Context, Duration, Effect, Layer, TestClock, TestContext } from "effect"
import { turn } from "./eventually.ts"

/** Shorter pauses only let others go first, such as the pause after a conflict. */
const SHORT = Duration.seconds(1)

/** `advance` moves the time by no more while runners work. Pauses up to this long end at each step. */
export const STEP = Duration.seconds(20)

/** The periodic work that waits for the next step of `advance`. */
export class NextStep extends Context.Tag("@runner-connector/core/testing/NextStep")<
  NextStep,
  {
    readonly wait: Effect.Effect<void>
    /** Wakes everything that waits. */
    readonly wake: Effect.Effect<void>
  }
>() {}

/** No work. */
export const layerNextStep: Layer.Layer<NextStep> = Layer.sync(NextStep, () => {
  const waiting = new Set<() => void>()
  return {
    wait: Effect.async<void>((resume) => {
      const go = () => resume(Effect.void)
      waiting.add(go)
      return Effect.sync(() => void waiting.delete(go))
    }),
    wake: Effect.sync(() => {
      const all = [...waiting]
      waiting.clear()
      for (const go of all) go()
    })
  }
})

/**
 * The clock without short pauses, whose longer ones end at the next step. A test clock needs several milliseconds for each
 * pause that ends, and periodic work would end one every second.
 */
const coarse = (clock: Clock.Clock, { wait }: NextStep["Type"]): Clock.Clock => {
  const sleep = (pause: Duration.Duration) => {
    if (Duration.lessThan(pause, SHORT)) return turn
    return Duration.lessThanOrEqualTo(pause, STEP) ? wait : clock.sleep(pause)
  }
  return Object.create(clock, { sleep: { value: sleep } })
}

/**
 * A test clock for a runtime of its own, which begins at this moment. Only `advance` moves it. Pauses of less than a second
 * do not wait for it.
 */
export const layerTime = (now: Date): Layer.Layer<never, never, NextStep> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const clock = coarse(yield* Effect.clock, yield* NextStep)
      yield* TestClock.setTime(now.getTime())
      return Layer.setClock(clock)
    })
  ).pipe(Layer.provide(TestContext.TestContext))

/** The layer, whose background work uses the coarse clock. The clock of its callers does not change. */
export const inCoarseTime = <A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E, R | NextStep> =>
  Layer.scopedContext(
    Effect.flatMap(NextStep, (next) =>
      Effect.clockWith((clock) => Effect.withClock(Layer.build(layer), coarse(clock, next)))
    )
  )
