import { Deferred, Effect } from "effect"
import type { Around } from "./Process.ts"

/** Holds calls of one name back until it is opened. */
export interface Gate {
  readonly around: Around
  /** How many calls have come to the gate. */
  readonly waiting: () => number
  readonly open: Effect.Effect<void>
}

/** A gate that opens by itself, if it is told so, when this many calls have come: they then go on together. */
export const makeGate = (
  name: string,
  options: { readonly opensAt?: number; readonly isClosed?: () => boolean } = {}
): Effect.Effect<Gate> =>
  Effect.map(Deferred.make<void>(), (opened) => {
    let waiting = 0
    const open = Effect.asVoid(Deferred.succeed(opened, undefined))
    return {
      waiting: () => waiting,
      open,
      around: (call, effect) =>
        Effect.suspend(() => {
          if (call !== name || options.isClosed?.() === false) return effect
          waiting += 1
          const wait = waiting === options.opensAt ? open : Deferred.await(opened)
          return Effect.zipRight(wait, effect)
        })
    }
  })
