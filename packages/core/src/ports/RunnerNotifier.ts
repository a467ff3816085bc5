import { Context, Effect, Layer, Ref } from "effect"
import type { RunnerId } from "../domain/Ids.ts"

/** Speaks to the runners by itself. Hints: losing one only costs time, so none ever fails; the adapter logs. */
export class RunnerNotifier extends Context.Tag("@runner-connector/core/RunnerNotifier")<
  RunnerNotifier,
  {
    /** There is work. */
    readonly availableJobs: Effect.Effect<void>
    /** This runner is registered no more: whatever connects it to us ends. */
    readonly runnerRemoved: (id: RunnerId) => Effect.Effect<void>
  }
>() {}

/** Nobody is told; for hosts without sockets, and for tests that do not ask. */
export const layerSilent: Layer.Layer<RunnerNotifier> = Layer.succeed(RunnerNotifier, {
  availableJobs: Effect.void,
  runnerRemoved: () => Effect.void
})

/** Counts what would have been sent. */
export const makeCounting: Effect.Effect<{
  readonly notifier: RunnerNotifier["Type"]
  readonly count: Effect.Effect<number>
  /** The runners that were parted from us, in the order in which that was said. */
  readonly removed: Effect.Effect<ReadonlyArray<RunnerId>>
}> = Effect.map(Effect.all([Ref.make(0), Ref.make<ReadonlyArray<RunnerId>>([])]), ([pings, removed]) => ({
  notifier: {
    availableJobs: Ref.update(pings, (n) => n + 1),
    runnerRemoved: (id) => Ref.update(removed, (ids) => [...ids, id])
  },
  count: Ref.get(pings),
  removed: Ref.get(removed)
}))
