import { assert, it } from "@effect/vitest"
import { Duration, Effect, Exit, Ref, Scope, TestClock } from "effect"
import { debounce } from "../src/debounce.ts"

const OPTIONS = { quiet: Duration.seconds(1), maxWait: Duration.seconds(5) }

/** A debounced counter. */
const counter = Effect.gen(function* () {
  const count = yield* Ref.make(0)
  const trigger = yield* debounce(
    Ref.update(count, (n) => n + 1),
    OPTIONS
  )
  const after = (millis: number) => Effect.zipRight(TestClock.adjust(Duration.millis(millis)), Ref.get(count))
  return { count: Ref.get(count), trigger, after }
})

it.scoped("acts when it has been quiet for a second, counted from the last trigger", () =>
  Effect.gen(function* () {
    const { after, trigger } = yield* counter
    yield* trigger
    assert.strictEqual(yield* after(900), 0)
    yield* trigger
    assert.strictEqual(yield* after(999), 0)
    assert.strictEqual(yield* after(1), 1)
    assert.strictEqual(yield* after(60_000), 1)
  })
)

it.scoped("acts after five seconds though the triggers go on, and again five seconds later", () =>
  Effect.gen(function* () {
    const { after, count, trigger } = yield* counter
    const counts: Array<number> = []
    for (let step = 0; step < 110; step++) {
      yield* trigger
      counts.push(yield* after(100))
    }
    assert.strictEqual(counts.indexOf(1), 49)
    assert.strictEqual(counts.indexOf(2), 99)
    assert.strictEqual(yield* after(1000), 3)
    assert.strictEqual(yield* count, 3)
  })
)

it.scoped("acts again for a trigger that comes while it acts", () =>
  Effect.gen(function* () {
    const acted = yield* Ref.make(0)
    const action = Effect.zipRight(
      Effect.sleep("3 seconds"),
      Ref.update(acted, (n) => n + 1)
    )
    const trigger = yield* debounce(action, OPTIONS)
    yield* trigger
    yield* TestClock.adjust("2 seconds")
    yield* trigger
    yield* TestClock.adjust("30 seconds")
    assert.strictEqual(yield* Ref.get(acted), 2)
  })
)

it.effect("acts at once when its scope ends and an action is due, and only then", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { after, count, trigger } = yield* Scope.extend(counter, scope)
    yield* trigger
    assert.strictEqual(yield* after(1000), 1)
    yield* trigger
    assert.strictEqual(yield* after(500), 1)
    yield* Scope.close(scope, Exit.void)
    assert.strictEqual(yield* count, 2)
    yield* trigger
    assert.strictEqual(yield* after(60_000), 2)

    const idle = yield* Scope.make()
    const other = yield* Scope.extend(counter, idle)
    yield* other.trigger
    yield* other.after(1000)
    yield* Scope.close(idle, Exit.void)
    assert.strictEqual(yield* other.count, 1)
  })
)
