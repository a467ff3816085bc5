import { Chunk, Context, Effect, Layer, Option, Ref, Stream } from "effect"
import type { Event } from "../../domain/event/Event.ts"
import type { EventCursor } from "../../domain/event/EventCursor.ts"
import { EventStore } from "../../ports/EventStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { ticks } from "./ticks.ts"

/** Events for the application. */
export class ConnectorEvents extends Context.Tag("@runner-connector/core/ConnectorEvents")<
  ConnectorEvents,
  {
    /**
     * Every event after this position, in the order of positions, and then each new one. Without a position it begins
     * with the next event. A host that stores `event.cursor` after each event misses none, as long as it continues
     * within the retention of events.
     */
    readonly stream: (options?: { readonly after?: EventCursor }) => Stream.Stream<Event, PersistenceError>
  }
>() {}

const BATCH = 100

const make = Effect.gen(function* () {
  const store = yield* EventStore
  const wakes = yield* ticks

  /** The events that can be read now. */
  const readable = (position: Ref.Ref<EventCursor>) =>
    Stream.repeatEffectChunkOption(
      Effect.gen(function* () {
        const events = yield* Effect.mapError(store.after(yield* Ref.get(position), BATCH), Option.some)
        const last = events.at(-1)
        if (last === undefined) return yield* Effect.fail(Option.none())
        yield* Ref.set(position, last.cursor)
        return Chunk.unsafeFromArray(events)
      })
    )

  return ConnectorEvents.of({
    stream: ({ after } = {}) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const position = yield* Ref.make(after ?? (yield* store.end))
          return Stream.flatMap(wakes, () => readable(position))
        })
      )
  })
})

/** Events over the port. */
export const layer: Layer.Layer<ConnectorEvents, never, EventStore> = Layer.effect(ConnectorEvents, make)
