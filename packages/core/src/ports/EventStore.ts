import { Context, type Duration, type Effect, type Option, type Stream } from "effect"
import type { Event } from "../domain/event/Event.ts"
import type { EventCursor } from "../domain/event/EventCursor.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/**
 * Reads the outbox. The stores of jobs, videos and runners write events in the transaction of the state that makes them
 * true, so an event exists exactly when its change was committed.
 */
export class EventStore extends Context.Tag("@runner-connector/core/EventStore")<
  EventStore,
  {
    /**
     * The events after this position in the order of their positions; at most `limit`. An event is left out while a
     * running transaction could still add an event before it. Reading on after the last one therefore misses none.
     */
    readonly after: (cursor: EventCursor, limit: number) => Effect.Effect<ReadonlyArray<Event>, PersistenceError>
    /** The position before all events that are committed from now on. */
    readonly end: Effect.Effect<EventCursor, PersistenceError>
    /**
     * The position at which to continue when events after the given position are not kept any more, or when that
     * position is not one of this log: it lies in the future, or names an event that does not exist. None when no event
     * after the position is missing. Nothing else reveals a position of another database.
     */
    readonly gapAfter: (cursor: EventCursor) => Effect.Effect<Option.Option<EventCursor>, PersistenceError>
    /** Emits when there may be new events. Readers must poll as well, because a hint may be lost. */
    readonly hints: Stream.Stream<void>
    /**
     * Removes events that are older than this and that every consumer has processed or given up; at most `limit`, oldest
     * first. Returns how many.
     */
    readonly prune: (olderThan: Duration.DurationInput, limit: number) => Effect.Effect<number, PersistenceError>
  }
>() {}
