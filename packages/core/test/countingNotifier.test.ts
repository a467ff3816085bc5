import { runnerNotifierContract } from "@runner-connector/contracts"
import { Context, Duration, Effect, Layer } from "effect"
import { RunnerId } from "../src/domain/Ids.ts"
import { makeCounting, RunnerNotifier } from "../src/ports/RunnerNotifier.ts"

class Count extends Context.Tag("test/Count")<Count, Effect.Effect.Success<typeof makeCounting>>() {}

const someRunner = RunnerId.make(7)

// It counts the calls themselves, without an interval.
runnerNotifierContract("counting", {
  layer: Layer.effectContext(
    Effect.map(makeCounting, (counting) =>
      Context.make(RunnerNotifier, counting.notifier).pipe(Context.add(Count, counting))
    )
  ),
  pings: Effect.flatMap(Count, ({ count, recalled }) =>
    Effect.zipWith(count, recalled, (calls, ids) => calls + ids.filter((id) => id === someRunner).length)
  ),
  connection: Effect.flatMap(Count, ({ connect, removed }) =>
    Effect.as(connect(someRunner), {
      id: someRunner,
      isOpen: Effect.map(removed, (all) => !all.some(({ id }) => id === someRunner))
    })
  ),
  interval: Duration.zero
})
