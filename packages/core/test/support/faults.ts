import { Effect } from "effect"
import { portError } from "./calls.ts"
import type { Around } from "./Process.ts"

/** The outcome of one call of a port, and of the calls after it. */
export const faults = [
  "fails",
  "fails although it was done",
  "fails although it was done, and so does the next",
  "fails, and all after it",
  "fails although it was done, and all after it fail",
  "sees the server die",
  "is the last thing the server does"
] as const
export type Fault = (typeof faults)[number]

/** The same fault, but without the effect of the call. */
export const beforeIt = (fault: Fault): Fault | undefined => {
  switch (fault) {
    case "fails although it was done":
      return "fails"
    case "fails although it was done, and all after it fail":
      return "fails, and all after it"
    case "is the last thing the server does":
      return "sees the server die"
    default:
      return undefined
  }
}

/** A fault at the call with a certain number. */
export interface Injected {
  readonly around: Around
  /** The calls so far. */
  readonly calls: ReadonlyArray<string>
  /** Whether the server has died. Its work in progress never continues. */
  readonly hasDied: () => boolean
}

/** Unlike `Effect.never` it keeps no timer. */
const never: Effect.Effect<never> = Effect.async<never>(() => {})

type Outcome = "passes" | "fails" | "fails when done" | "hangs" | "hangs when done"

/** The outcome of the n-th call when the k-th has the fault. */
const outcome = (fault: Fault, n: number, k: number): Outcome => {
  if (n < k) return "passes"
  const isFirst = n === k
  switch (fault) {
    case "fails":
      return isFirst ? "fails" : "passes"
    case "fails although it was done":
      return isFirst ? "fails when done" : "passes"
    case "fails although it was done, and so does the next":
      return n <= k + 1 ? "fails when done" : "passes"
    case "fails, and all after it":
      return "fails"
    case "fails although it was done, and all after it fail":
      return isFirst ? "fails when done" : "fails"
    case "sees the server die":
      return "hangs"
    case "is the last thing the server does":
      return isFirst ? "hangs when done" : "hangs"
  }
}

/** Applies the fault to the k-th call, counted from 1. */
export const faultAt = (k: number, fault: Fault): Injected => {
  const calls: Array<string> = []
  let hasDied = false
  const dead = Effect.suspend(() => {
    hasDied = true
    return never
  })
  const around: Around = <A, E, R>(call: string, effect: Effect.Effect<A, E, R>) => {
    const failure = Effect.fail(portError(call)) as unknown as Effect.Effect<never, E>
    return Effect.suspend((): Effect.Effect<A, E, R> => {
      calls.push(call)
      switch (outcome(fault, calls.length, k)) {
        case "passes":
          return effect
        case "fails":
          return failure
        case "fails when done":
          return Effect.zipRight(effect, failure)
        case "hangs":
          return dead
        case "hangs when done":
          return Effect.zipRight(effect, dead)
      }
    })
  }
  return {
    around,
    calls,
    hasDied: () => hasDied
  }
}
