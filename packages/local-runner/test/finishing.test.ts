import { expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, TestClock } from "effect"
import { finishing } from "../src/finishing.ts"

/** A call that waits for its answer, and the caller that is interrupted twice. */
const interrupted = Effect.gen(function* () {
  const answer = yield* Deferred.make<void>()
  const ended = { call: false }
  const call = Effect.zipRight(
    Deferred.await(answer),
    Effect.sync(() => {
      ended.call = true
    })
  )
  const caller = yield* Effect.fork(finishing(Duration.seconds(5))(call))
  for (let turn = 0; turn < 2; turn += 1) {
    yield* Effect.yieldNow()
    yield* Fiber.interruptFork(caller)
  }
  for (let turn = 0; turn < 20; turn += 1) yield* Effect.yieldNow()
  return { answer, caller, ended }
})

it.effect("a call ends with its answer, even if its caller is interrupted twice", () =>
  Effect.gen(function* () {
    const { answer, caller, ended } = yield* interrupted
    expect(caller.unsafePoll()).toBeNull()
    yield* Deferred.succeed(answer, undefined)
    yield* Fiber.await(caller)
    expect(ended.call).toBe(true)
  })
)

it.effect("an interrupted caller waits no longer than the limit", () =>
  Effect.gen(function* () {
    const { caller, ended } = yield* interrupted
    yield* TestClock.adjust("5 seconds")
    yield* Fiber.await(caller)
    expect(ended.call).toBe(false)
  })
)
