import { Deferred, Effect } from "effect"
import type { Around } from "./Process.ts"

/** Holds back calls of one name until the gate is opened. */
export interface Gate {
  readonly around: Around
  /** The number of calls at the gate. */
  readonly waiting: () => number
  readonly open: Effect.Effect<void>
}

/** A gate that opens by itself, if requested, after this number of calls. They then continue together. */
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
