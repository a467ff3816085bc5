import { Effect } from "effect"

/** The slots for concurrent jobs. Runners of several servers can share them. */
export interface Slots {
  readonly count: number
  /** Takes a slot. When all are taken, returns false and calls `wake` once, as soon as there is a free one. */
  readonly take: (wake: Effect.Effect<void>) => Effect.Effect<boolean>
  readonly release: Effect.Effect<void>
}

/** Creates a number of slots. */
export const make = (count: number): Slots => {
  let free = count
  let waiting = new Set<Effect.Effect<void>>()
  const take: Slots["take"] = (wake) =>
    Effect.sync(() => {
      if (free === 0) {
        waiting.add(wake)
        return false
      }
      free -= 1
      return true
    })
  const release = Effect.suspend(() => {
    free += 1
    const woken = waiting
    waiting = new Set()
    return Effect.forEach(woken, (wake) => wake, { discard: true })
  })
  return { count, take, release }
}
