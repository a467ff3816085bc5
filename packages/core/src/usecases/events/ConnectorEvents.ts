import { Chunk, Context, Effect, Layer, Option, Ref, Schema, Stream } from "effect"
import type { Event } from "../../domain/event/Event.ts"
import { EventCursor } from "../../domain/event/EventCursor.ts"
import { EventStore } from "../../ports/EventStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { ticks } from "./ticks.ts"

/** Events after the position are missing: they are not kept any more, or the position is not one of this log. */
export class EventsMissed extends Schema.TaggedError<EventsMissed>()("EventsMissed", {
  after: EventCursor,
  /** The position to continue after. */
  continueAfter: EventCursor
}) {
  override get message(): string {
    return `Events after ${this.after} are missing: read the current state, then continue after ${this.continueAfter}`
  }
}

/** Events for the application. */
export class ConnectorEvents extends Context.Tag("@runner-connector/core/ConnectorEvents")<
  ConnectorEvents,
  {
    /**
     * Every event after this position, in the order of positions, and then each new one. Without a position it begins
     * with the next event. A host that stores `event.cursor` after each event misses none. Fails when events after the
     * position are missing, because the host continues after their retention or with the position of another database.
     */
    readonly stream: (options?: {
      readonly after?: EventCursor
    }) => Stream.Stream<Event, PersistenceError | EventsMissed>
  }
>() {}

const BATCH = 100

const make = Effect.gen(function* () {
  const store = yield* EventStore
  const wakes = yield* ticks

  const requireAll = (after: EventCursor) =>
    Effect.flatMap(
      store.gapAfter(after),
      Option.match({
        onNone: () => Effect.void,
        onSome: (continueAfter) => new EventsMissed({ after, continueAfter })
      })
    )

  /** The events that can be read now. */
  const readable = (position: Ref.Ref<EventCursor>) =>
    Stream.repeatEffectChunkOption(
      Effect.gen(function* () {
        const after = yield* Ref.get(position)
        const events = yield* Effect.mapError(store.after(after, BATCH), Option.some)
        const last = events.at(-1)
        if (last === undefined) return yield* Effect.fail(Option.none())
        // Checked after the read, because events may be removed in between.
        yield* Effect.mapError(requireAll(after), Option.some)
        yield* Ref.set(position, last.cursor)
        return Chunk.unsafeFromArray(events)
      })
    )

  return ConnectorEvents.of({
    stream: ({ after } = {}) =>
      Stream.unwrap(
        Effect.gen(function* () {
          if (after !== undefined) yield* requireAll(after)
          const position = yield* Ref.make(after ?? (yield* store.end))
          return Stream.flatMap(wakes, () => readable(position))
        })
      )
  })
})

/** Events over the port. */
export const layer: Layer.Layer<ConnectorEvents, never, EventStore> = Layer.effect(ConnectorEvents, make)
