import { runnerNotifierContract } from "@runner-connector/contracts"
import { Context, Duration, Effect, Layer } from "effect"
import { makeCounting, RunnerNotifier } from "../src/ports/RunnerNotifier.ts"

class Count extends Context.Tag("test/Count")<Count, Effect.Effect<number>>() {}

// It counts the triggers themselves: what it cannot do is make few pings of many.
runnerNotifierContract("counting", {
  layer: Layer.effectContext(
    Effect.map(makeCounting, ({ count, notifier }) =>
      Context.make(RunnerNotifier, notifier).pipe(Context.add(Count, count))
    )
  ),
  pings: Effect.flatten(Count),
  maxWait: Duration.seconds(1),
  pingsOf: (triggers) => triggers
})
