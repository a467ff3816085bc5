import { Context, Effect, Layer, Ref } from "effect"
import type { RunnerId } from "../domain/Ids.ts"
import type { Demand } from "../domain/runner/RunnerDemand.ts"

/** Calls runners. Each call is a hint: losing one only costs time, so none fails, and the adapter logs problems. */
export class RunnerNotifier extends Context.Tag("@runner-connector/core/RunnerNotifier")<
  RunnerNotifier,
  {
    /** Pings as many connected runners as these jobs need. Returns at once; does nothing when there is no demand. */
    readonly availableJobs: (demands: ReadonlyArray<Demand>) => Effect.Effect<void>
    /** Pings this runner a second later: a runner ignores pings until it has read the answer that it waits for. */
    readonly recall: (id: RunnerId) => Effect.Effect<void>
    /**
     * Ends the connections of a runner that was removed. With `ping` it is pinged first, so that it learns of the removal
     * by its next request.
     */
    readonly runnerRemoved: (id: RunnerId, options: { readonly ping: boolean }) => Effect.Effect<void>
    /** The runners that are connected to this process now. */
    readonly connected: Effect.Effect<ReadonlyArray<RunnerId>>
  }
>() {}

/** Calls no runner; for hosts without sockets, and for tests. */
export const layerSilent: Layer.Layer<RunnerNotifier> = Layer.succeed(RunnerNotifier, {
  availableJobs: () => Effect.void,
  recall: () => Effect.void,
  runnerRemoved: () => Effect.void,
  connected: Effect.succeed([])
})

/** Counts the calls instead of sending them. */
export const makeCounting: Effect.Effect<{
  readonly notifier: RunnerNotifier["Type"]
  /** Lists the runner as connected until it is removed. */
  readonly connect: (id: RunnerId) => Effect.Effect<void>
  /** How often jobs became available. */
  readonly count: Effect.Effect<number>
  /** The runners that were recalled, in order. */
  readonly recalled: Effect.Effect<ReadonlyArray<RunnerId>>
  /** The runners that were removed, in order. */
  readonly removed: Effect.Effect<ReadonlyArray<{ readonly id: RunnerId; readonly ping: boolean }>>
}> = Effect.gen(function* () {
  const pings = yield* Ref.make(0)
  const connected = yield* Ref.make<ReadonlyArray<RunnerId>>([])
  const recalled = yield* Ref.make<ReadonlyArray<RunnerId>>([])
  const removed = yield* Ref.make<ReadonlyArray<{ readonly id: RunnerId; readonly ping: boolean }>>([])
  return {
    notifier: {
      availableJobs: (demands) => (demands.length === 0 ? Effect.void : Ref.update(pings, (n) => n + 1)),
      recall: (id) => Ref.update(recalled, (ids) => [...ids, id]),
      runnerRemoved: (id, { ping }) =>
        Effect.zipRight(
          Ref.update(connected, (ids) => ids.filter((other) => other !== id)),
          Ref.update(removed, (all) => [...all, { id, ping }])
        ),
      connected: Ref.get(connected)
    },
    connect: (id) => Ref.update(connected, (ids) => [...ids, id]),
    count: Ref.get(pings),
    recalled: Ref.get(recalled),
    removed: Ref.get(removed)
  }
})
