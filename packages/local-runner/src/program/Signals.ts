import { Effect, Queue, type Scope } from "effect"

const names = ["SIGTERM", "SIGINT"] as const

/** Receives the signals that ask the program to end. Until the scope closes, they do not end it by themselves. */
export const receive: Effect.Effect<Queue.Dequeue<NodeJS.Signals>, never, Scope.Scope> = Effect.gen(function* () {
  const received = yield* Queue.unbounded<NodeJS.Signals>()
  const listener = (signal: NodeJS.Signals) => void received.unsafeOffer(signal)
  yield* Effect.acquireRelease(
    Effect.sync(() => names.forEach((name) => process.on(name, listener))),
    () => Effect.sync(() => names.forEach((name) => process.off(name, listener)))
  )
  return received
})
