import type { Effect } from "effect"

/** Events by their time. Those of one moment happen in the order in which they were added. */
export interface Agenda {
  readonly add: (at: number, act: Effect.Effect<void>) => void
  readonly next: () => { readonly at: number; readonly act: Effect.Effect<void> } | undefined
}

/** An empty agenda. */
export const makeAgenda = (): Agenda => {
  const events: Array<{ readonly at: number; readonly act: Effect.Effect<void> }> = []
  return {
    add: (at, act) => {
      let low = 0
      let high = events.length
      while (low < high) {
        const middle = (low + high) >>> 1
        // The next event is the last of the list.
        if ((events[middle]?.at ?? 0) > at) low = middle + 1
        else high = middle
      }
      events.splice(low, 0, { at, act })
    },
    next: () => events.pop()
  }
}
