import { assert, describe, it } from "@effect/vitest"
import { Ids, type RunnerDemand, RunnerNotifier } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { Context, Duration, Effect, Exit, Layer, Scope, TestClock } from "effect"

/** Setup of the contract for one adapter. */
export interface RunnerNotifierHarness<R, E> {
  /** Builds the notifier for each test, on the test's clock. */
  readonly layer: Layer.Layer<RunnerNotifier.RunnerNotifier | R, E>
  /** The number of pings that a connected runner has received since the layer was built. */
  readonly pings: Effect.Effect<number, never, R>
  /** The id of a runner that is connected since the layer was built, and its connection state. */
  readonly connection: Effect.Effect<{ readonly id: Ids.RunnerId; readonly isOpen: Effect.Effect<boolean> }, never, R>
  /** The minimum time between two pings. Zero when every trigger sends one. */
  readonly interval: Duration.Duration
}

/** New demand: this many jobs of a type that every runner supports. */
export const demandFor = (jobs: number): ReadonlyArray<RunnerDemand.Demand> => [
  { type: "vod-hls-transcoding", requirements: [], labels: [], jobs, waited: 0, onlyIdle: false }
]

/** Notifies the notifier of one new job. */
export const availableJobs: Effect.Effect<void, never, RunnerNotifier.RunnerNotifier> = Effect.flatMap(
  RunnerNotifier.RunnerNotifier,
  (notifier) => notifier.availableJobs(demandFor(1))
)

/** Contract of every RunnerNotifier: no trigger is lost, and pings per runner are limited. */
export const runnerNotifierContract = <R, E>(name: string, harness: RunnerNotifierHarness<R, E>): void => {
  describe(`RunnerNotifier: ${name}`, () => {
    const { interval, pings } = harness
    const hears = (count: number) => eventually(pings, (heard) => heard >= count)

    it.effect("sends no ping until jobs become available, then pings immediately", () =>
      Effect.gen(function* () {
        const notifier = yield* RunnerNotifier.RunnerNotifier
        yield* notifier.availableJobs([])
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* pings, 0)
        yield* availableJobs
        assert.strictEqual(yield* hears(1), 1)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("pings within the interval after every trigger", () =>
      Effect.gen(function* () {
        for (let round = 1; round <= 3; round++) {
          yield* availableJobs
          yield* TestClock.adjust(interval)
          yield* hears(round)
        }
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("pings at most once per interval, and no trigger blocks", () =>
      Effect.gen(function* () {
        yield* availableJobs
        yield* hears(1)
        yield* Effect.replicateEffect(availableJobs, 100, { discard: true })
        const more = Duration.greaterThan(interval, 0) ? 1 : 100
        yield* TestClock.adjust(interval)
        yield* hears(1 + more)
        yield* TestClock.adjust("1 minute")
        yield* availableJobs
        yield* hears(2 + more)
        assert.strictEqual(yield* pings, 2 + more)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("pings only the recalled runner", () =>
      Effect.gen(function* () {
        const notifier = yield* RunnerNotifier.RunnerNotifier
        const { id } = yield* harness.connection
        yield* notifier.recall(Ids.RunnerId.make(id + 1))
        yield* notifier.recall(id)
        yield* TestClock.adjust("1 second")
        yield* hears(1)
        yield* TestClock.adjust("1 minute")
        // Pings arrive in order, so a wrong one is there before this one.
        yield* availableJobs
        yield* hears(2)
        assert.strictEqual(yield* pings, 2)
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("disconnects a removed runner and no other", () =>
      Effect.gen(function* () {
        const notifier = yield* RunnerNotifier.RunnerNotifier
        const { id, isOpen } = yield* harness.connection
        yield* notifier.runnerRemoved(Ids.RunnerId.make(id + 1), { ping: true })
        yield* availableJobs
        yield* hears(1)
        assert.isTrue(yield* isOpen)
        yield* notifier.runnerRemoved(id, { ping: false })
        yield* eventually(isOpen, (is) => !is)
        assert.strictEqual(yield* pings, 1)
        yield* notifier.runnerRemoved(id, { ping: true })
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("lists a connected runner until its connection ends", () =>
      Effect.gen(function* () {
        const notifier = yield* RunnerNotifier.RunnerNotifier
        const { id } = yield* harness.connection
        assert.include(yield* notifier.connected, id)
        yield* notifier.runnerRemoved(id, { ping: false })
        yield* eventually(notifier.connected, (ids) => !ids.includes(id))
      }).pipe(Effect.provide(harness.layer))
    )

    it.effect("does not fail after its scope has ended", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const context = yield* Scope.extend(Layer.build(harness.layer), scope)
        yield* Scope.close(scope, Exit.void)
        const notifier = Context.get(context, RunnerNotifier.RunnerNotifier)
        yield* notifier.runnerRemoved(Ids.RunnerId.make(1), { ping: true })
        yield* notifier.recall(Ids.RunnerId.make(1))
        assert.isTrue(Exit.isSuccess(yield* Effect.exit(Effect.provide(availableJobs, context))))
      })
    )
  })
}
