import { Effect } from "effect"
import type { Around } from "./Process.ts"

/** Runs an effect at a call of a port, like another server. */
export interface Meanwhile {
  readonly around: Around
  /** Runs the effect once, right before the next call of this name, or before a later one. */
  readonly before: (call: string, effect: Effect.Effect<unknown, unknown>, nth?: number) => void
  /** Whether the effect was run. */
  readonly hasHappened: () => boolean
}

export const makeMeanwhile = (): Meanwhile => {
  let next: { readonly call: string; readonly effect: Effect.Effect<unknown, unknown>; left: number } | undefined
  return {
    before: (call, effect, nth = 1) => {
      next = { call, effect, left: nth }
    },
    hasHappened: () => next === undefined,
    around: (call, effect) =>
      Effect.suspend(() => {
        if (next?.call !== call) return effect
        next.left -= 1
        if (next.left > 0) return effect
        const first = next.effect
        next = undefined
        return Effect.zipRight(Effect.orDie(first), effect)
      })
  }
}
