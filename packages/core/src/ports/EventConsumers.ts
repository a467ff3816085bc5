import { Context, type Duration, type Effect, type Option } from "effect"
import type { Event } from "../domain/event/Event.ts"
import type { EventCursor } from "../domain/event/EventCursor.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** A consumer in the hands of a process. */
export interface Claim {
  readonly consumer: string
  /** A UUID of the process. */
  readonly owner: string
}

/** A failed delivery. `pause` is undefined when the delivery is given up. */
export interface Failure {
  readonly attempts: number
  readonly error: string
  readonly pause: Duration.Duration | undefined
}

/** The first postponed event of a subject. The later ones of the subject wait for it. */
export interface PostponedEvent {
  readonly event: Event
  readonly subject: string
  readonly attempts: number
  /** Whether its pause is over. */
  readonly isDue: boolean
}

/** A consumer as operators see it. */
export interface ConsumerStatus {
  readonly name: string
  readonly cursor: EventCursor
  /** Events that wait for another attempt, and those that were given up. */
  readonly postponed: number
  readonly givenUp: number
}

/**
 * Stores how far each named consumer has come. One process at a time owns a consumer. When it is silent, another one
 * takes over.
 */
export class EventConsumers extends Context.Tag("@runner-connector/core/EventConsumers")<
  EventConsumers,
  {
    /**
     * Takes the consumer, or renews the lease of its owner. Returns its position. None while another process owns it. A
     * new consumer begins before all events.
     */
    readonly claim: (
      claim: Claim,
      lease: Duration.DurationInput
    ) => Effect.Effect<Option.Option<EventCursor>, PersistenceError>
    /** Gives the consumer back, so that another process takes over at once. */
    readonly release: (claim: Claim) => Effect.Effect<void, PersistenceError>
    /**
     * Moves the position to this event. With a failure, the event is kept for later, or given up. False when the process
     * does not own the consumer any more. Nothing has changed then.
     */
    readonly advance: (claim: Claim, event: Event, failure?: Failure) => Effect.Effect<boolean, PersistenceError>
    /** The first postponed event of each subject, without those that were given up; at most 1000. */
    readonly postponed: (consumer: string) => Effect.Effect<ReadonlyArray<PostponedEvent>, PersistenceError>
    /** Ends the delivery of a postponed event, or keeps it with the failure. False as in `advance`. */
    readonly settle: (claim: Claim, event: Event, failure?: Failure) => Effect.Effect<boolean, PersistenceError>
    readonly list: Effect.Effect<ReadonlyArray<ConsumerStatus>, PersistenceError>
    /** Makes the events that were given up due again. Returns how many. */
    readonly retry: (consumer: string) => Effect.Effect<number, PersistenceError>
    /** Removes a consumer that no program has any more, because events are kept for it. False when it is not there. */
    readonly forget: (consumer: string) => Effect.Effect<boolean, PersistenceError>
  }
>() {}
