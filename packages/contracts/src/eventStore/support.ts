import type { Vitest } from "@effect/vitest"
import { type Event, EventStore, type Persistence } from "@runner-connector/core"
import { eventually } from "@runner-connector/core/testing"
import { Context, Effect } from "effect"
import type { Stores } from "../stores.ts"

/** Transactions around several calls of the stores. */
export class Transactions extends Context.Tag("contracts/Transactions")<
  Transactions,
  { readonly run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> }
>() {}

/** The tests of a group. */
export type EventCases = (it: Vitest.MethodsNonLive<Stores | EventStore.EventStore | Transactions, true>) => void

type Watched<A> = readonly [result: A, events: ReadonlyArray<Event.Event>]

/** Runs the effect and reads the events that it added, once so many can be read. */
export const eventsOf = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  count: number
): Effect.Effect<Watched<A>, E | Persistence.PersistenceError, R | EventStore.EventStore> =>
  Effect.gen(function* () {
    const store = yield* EventStore.EventStore
    const end = yield* store.end
    const result = yield* effect
    const events = yield* eventually(store.after(end, 100), (found) => found.length >= count)
    return [result, events]
  })

export const typesOf = (events: ReadonlyArray<Event.Event>): ReadonlyArray<string> => events.map(({ type }) => type)
