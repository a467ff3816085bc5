import { assert, describe, it } from "@effect/vitest"
import { Ids, RunnerNotifier } from "@runner-connector/core"
import { Context, Duration, Effect, Exit, Layer, Scope, TestClock } from "effect"
import { eventually } from "./eventually.ts"

/** What the contract must know of an adapter and its surroundings. */
export interface RunnerNotifierHarness<R, E> {
  /** Built anew for each test, on the test's clock. */
  readonly layer: Layer.Layer<RunnerNotifier.RunnerNotifier | R, E>
  /** How many pings a runner has had that is connected since the layer stands. */
  readonly pings: Effect.Effect<number, never, R>
  /** A runner that is connected since the layer stands, and whether it still is. */
  readonly connection: Effect.Effect<{ readonly id: Ids.RunnerId; readonly isOpen: Effect.Effect<boolean> }, never, R>
  /** After so long at the latest a runner has heard of it. */
  readonly maxWait: Duration.Duration
  /** How many pings come of a number of triggers at one moment. */
  readonly pingsOf: (triggers: number) => number
}

const availableJobs = Effect.flatMap(RunnerNotifier.RunnerNotifier, (notifier) => notifier.availableJobs)

/** What every RunnerNotifier must do: lose no news, and bear any number of them. */
export const runnerNotifierContract = <R, E>(name: string, harness: RunnerNotifierHarness<R, E>): void => {
  describe(`RunnerNotifier: ${name}`, () => {
    const { maxWait, pings } = harness
    const hears = (count: number) => eventually(pings, (heard) => heard >= count)

    it.effect("is silent until jobs become available", () =>
      Effect.gen(function* () {
        yield* TestClock.adjust(Duration.times(maxWait, 3))
        assert.strictEqual(yield* pings, 0)
        yield* availableJobs
        yield* TestClock.adjust(maxWait)
        assert.strictEqual(yield* hears(1), 1)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("follows every trigger with a ping, within the maximum wait", () =>
      Effect.gen(function* () {
        for (let round = 1; round <= 3; round++) {
          yield* availableJobs
          yield* TestClock.adjust(maxWait)
          yield* hears(round)
        }
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("makes few pings of many triggers, and returns from each at once", () =>
      Effect.gen(function* () {
        yield* Effect.replicateEffect(availableJobs, 100, { discard: true })
        yield* TestClock.adjust(maxWait)
        const first = yield* hears(harness.pingsOf(100))
        // One more, to be sure that nothing else was on its way.
        yield* availableJobs
        yield* TestClock.adjust(maxWait)
        yield* hears(first + 1)
        assert.strictEqual(yield* pings, harness.pingsOf(100) + 1)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("is not kept from pinging by triggers that never stop", () =>
      Effect.gen(function* () {
        const step = Duration.times(maxWait, 1 / 50)
        yield* Effect.replicateEffect(Effect.zipRight(availableJobs, TestClock.adjust(step)), 125, { discard: true })
        yield* hears(2)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("parts with a runner that is removed, and with no other", () =>
      Effect.gen(function* () {
        const notifier = yield* RunnerNotifier.RunnerNotifier
        const { id, isOpen } = yield* harness.connection
        yield* notifier.runnerRemoved(Ids.RunnerId.make(id + 1))
        yield* availableJobs
        yield* TestClock.adjust(maxWait)
        yield* hears(1)
        assert.isTrue(yield* isOpen)
        yield* notifier.runnerRemoved(id)
        yield* eventually(isOpen, (is) => !is)
        yield* notifier.runnerRemoved(id)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("does not fail when it is over", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const context = yield* Scope.extend(Layer.build(harness.layer), scope)
        yield* Scope.close(scope, Exit.void)
        yield* Effect.provide(availableJobs, context)
        yield* Context.get(context, RunnerNotifier.RunnerNotifier).runnerRemoved(Ids.RunnerId.make(1))
        assert.isTrue(Exit.isSuccess(yield* Effect.exit(Effect.provide(availableJobs, context))))
      })
    )
  })
}
