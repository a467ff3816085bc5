import { eventually } from "@runner-connector/contracts"
import type { Effect } from "effect"

/** `eventually` for events in other processes: two minutes, with a description of what the test waits for. */
export const until = <A, E, R>(
  what: string,
  query: Effect.Effect<A, E, R>,
  condition: (answer: NoInfer<A>) => boolean,
  seconds = 120
): Effect.Effect<A, E, R> => eventually(query, condition, { what, seconds, every: 200 })
