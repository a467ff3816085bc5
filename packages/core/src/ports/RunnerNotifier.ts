import { Context, Effect, Layer, Ref } from "effect"

/** Tells the runners that there is work. A hint: losing one only costs time, so it never fails; the adapter logs. */
export class RunnerNotifier extends Context.Tag("@runner-connector/core/RunnerNotifier")<
  RunnerNotifier,
  {
    readonly availableJobs: Effect.Effect<void>
  }
>() {}

/** Nobody is told; for hosts without sockets, and for tests that do not ask. */
export const layerSilent: Layer.Layer<RunnerNotifier> = Layer.succeed(RunnerNotifier, { availableJobs: Effect.void })

/** Counts what would have been sent. */
export const makeCounting: Effect.Effect<{
  readonly notifier: RunnerNotifier["Type"]
  readonly count: Effect.Effect<number>
}> = Effect.map(Ref.make(0), (ref) => ({
  notifier: { availableJobs: Ref.update(ref, (n) => n + 1) },
  count: Ref.get(ref)
}))
