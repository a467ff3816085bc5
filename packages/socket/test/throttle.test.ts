import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect, Exit, Ref, Scope, TestClock } from "effect"
import { throttle } from "../src/throttle.ts"

/** A throttled sum: each run records the sum of the numbers triggered since the last run. */
const sums = (action: (sum: number) => Effect.Effect<void> = () => Effect.void) =>
  Effect.gen(function* () {
    const runs = yield* Ref.make<ReadonlyArray<number>>([])
    const note = ([sum = 0]: ReadonlyArray<number>) =>
      Effect.zipRight(
        Ref.update(runs, (all) => [...all, sum]),
        action(sum)
      )
    const merge = (items: ReadonlyArray<number>) => [items.reduce((a, b) => a + b, 0)]
    const trigger = yield* throttle(note, { interval: "1 second", merge })
    const after = (millis: number) => Effect.zipRight(TestClock.adjust(millis), Ref.get(runs))
    return { runs: Ref.get(runs), trigger, after }
  })

it.scoped("runs on the first trigger at once, then once per interval with all collected triggers", () =>
  Effect.gen(function* () {
    const { after, trigger } = yield* sums()
    yield* trigger([1])
    deepStrictEqual(yield* after(0), [1])
    yield* trigger([2])
    yield* trigger([3])
    deepStrictEqual(yield* after(999), [1])
    deepStrictEqual(yield* after(1), [1, 5])
    deepStrictEqual(yield* after(60_000), [1, 5])
    yield* trigger([4])
    deepStrictEqual(yield* after(0), [1, 5, 4])
  })
)

it.scoped("keeps running under continuous triggers", () =>
  Effect.gen(function* () {
    const { after, runs, trigger } = yield* sums()
    for (let step = 0; step < 50; step++) {
      yield* trigger([1])
      yield* after(100)
    }
    deepStrictEqual(yield* runs, [1, 9, 10, 10, 10, 10])
  })
)

it.scoped("does not run without triggers, and continues after a failed action", () =>
  Effect.gen(function* () {
    const { after, trigger } = yield* sums((sum) => (sum === 1 ? Effect.dieMessage("broken") : Effect.void))
    yield* trigger([])
    deepStrictEqual(yield* after(5000), [])
    yield* trigger([1])
    yield* after(1000)
    yield* trigger([2])
    deepStrictEqual(yield* after(0), [1, 2])
  })
)

it.effect("runs a due action at once when its scope ends", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { after, runs, trigger } = yield* Scope.extend(sums(), scope)
    yield* trigger([1])
    yield* after(500)
    yield* trigger([2])
    yield* Scope.close(scope, Exit.void)
    deepStrictEqual(yield* runs, [1, 2])
    yield* trigger([3])
    assert.lengthOf(yield* after(60_000), 2)
  })
)
