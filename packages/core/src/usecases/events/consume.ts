import { Cause, Duration, Effect, Option, type Scope, Stream } from "effect"
import { pauseAfter } from "../../domain/event/DeliverySchedule.ts"
import { type Event, type EventType, subjectOf } from "../../domain/event/Event.ts"
import type { EventCursor } from "../../domain/event/EventCursor.ts"
import { type Claim, EventConsumers, type Failure } from "../../ports/EventConsumers.ts"
import { EventStore } from "../../ports/EventStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { ticks } from "./ticks.ts"

/** A named reader of events. */
export interface Consumer<E> {
  /** Unique in the installation. The position is stored under it. */
  readonly name: string
  readonly types: ReadonlySet<EventType>
  /** Called at least once for each event of these types, one at a time, in order for each subject. */
  readonly handle: (event: Event) => Effect.Effect<void, E>
  /** A call that takes longer is interrupted and counts as failed. */
  readonly timeout: Duration.DurationInput
  /** Another process takes over after this silence. 15 seconds unless given. */
  readonly lease?: Duration.DurationInput
}

const LEASE = "15 seconds"

const leaseOf = ({ lease = LEASE }: Pick<Consumer<unknown>, "lease">): Duration.Duration => Duration.decode(lease)

const BATCH = 100

/** The longest text of an error that is stored. */
const MAX_ERROR = 1000

const failureOf = (cause: Cause.Cause<unknown>, attempts: number): Failure => ({
  attempts,
  error: Cause.pretty(cause).slice(0, MAX_ERROR),
  pause: pauseAfter(attempts)
})

/** Calls the handler. Returns the failure, if it failed. */
const attempt = <E>({ handle, name, timeout }: Consumer<E>, event: Event, before: number) =>
  handle(event).pipe(
    Effect.timeout(timeout),
    Effect.as(undefined),
    Effect.catchAllCause((cause) =>
      Effect.as(
        Effect.logError("An event could not be delivered and is tried again later", cause).pipe(
          Effect.annotateLogs({ consumer: name, event: event.id, type: event.type })
        ),
        failureOf(cause, before + 1)
      )
    ),
    Effect.withSpan("Events.deliver", { attributes: { consumer: name, type: event.type } })
  )

/** An event behind a postponed one of its subject. It is due as soon as that one is done. */
const behind: Failure = {
  attempts: 0,
  error: "An earlier event of the subject is postponed",
  pause: Duration.zero
}

type Stores = EventStore | EventConsumers

/** Delivers the postponed events that are due. True when one of them was settled, so that the next one may be due. */
const deliverPostponed = <E>(consumer: Consumer<E>, claim: Claim) =>
  Effect.gen(function* () {
    const consumers = yield* EventConsumers
    const heads = yield* consumers.postponed(consumer.name)
    const due = heads.filter(({ isDue }) => isDue)
    yield* Effect.forEach(due, ({ attempts, event }) =>
      Effect.flatMap(attempt(consumer, event, attempts), (failure) => consumers.settle(claim, event, failure))
    )
    return due.length > 0
  })

/** Delivers the next events after the position. True when there may be more. */
const deliverNext = <E>(consumer: Consumer<E>, claim: Claim, cursor: EventCursor) =>
  Effect.gen(function* () {
    const consumers = yield* EventConsumers
    const events = yield* (yield* EventStore).after(cursor, BATCH)
    const blocked = new Set((yield* consumers.postponed(consumer.name)).map(({ subject }) => subject))
    for (const event of events) {
      // The position need not be stored for each event that is left out.
      if (!consumer.types.has(event.type) && event !== events.at(-1)) continue
      const failure = yield* deliverOne(consumer, event, blocked)
      if (failure?.pause !== undefined) blocked.add(subjectOf(event))
      if (!(yield* consumers.advance(claim, event, failure))) return false
    }
    return events.length === BATCH
  })

const deliverOne = <E>(consumer: Consumer<E>, event: Event, blocked: ReadonlySet<string>) => {
  if (!consumer.types.has(event.type)) return Effect.succeed(undefined)
  if (blocked.has(subjectOf(event))) return Effect.succeed(behind)
  return attempt(consumer, event, 0)
}

/** One round, if this process can own the consumer. True when there may be more to do at once. */
export const consumeOnce = <E>(consumer: Consumer<E>, claim: Claim): Effect.Effect<boolean, PersistenceError, Stores> =>
  Effect.gen(function* () {
    const consumers = yield* EventConsumers
    const cursor = yield* consumers.claim(claim, leaseOf(consumer))
    if (Option.isNone(cursor)) return false
    const settled = yield* deliverPostponed(consumer, claim)
    return (yield* deliverNext(consumer, claim, cursor.value)) || settled
  })

/** Renews the lease during a round. Ends when another process has taken over. */
const renew = <E>(consumer: Consumer<E>, claim: Claim) =>
  Effect.flatMap(EventConsumers, (consumers) =>
    Effect.orElseSucceed(consumers.claim(claim, leaseOf(consumer)), () => Option.some(undefined)).pipe(
      Effect.delay(Duration.times(leaseOf(consumer), 1 / 3)),
      Effect.repeat({ while: Option.isSome }),
      Effect.as(false)
    )
  )

const settledRound = <E>(consumer: Consumer<E>, claim: Claim) =>
  Effect.raceFirst(consumeOnce(consumer, claim), renew(consumer, claim)).pipe(
    Effect.repeat({ while: (more) => more }),
    Effect.catchAllCause((cause) => Effect.logWarning(`Events for ${consumer.name} are delivered later`, cause))
  )

/**
 * Delivers events while the scope lives, whenever this process owns the consumer. Hints wake it, and it polls every few
 * seconds.
 */
export const consume = <E>(consumer: Consumer<E>): Effect.Effect<void, never, Stores | Scope.Scope> =>
  Effect.gen(function* () {
    const consumers = yield* EventConsumers
    const owner = yield* Effect.flatMap(Identifiers, ({ uuid }) => uuid)
    const claim = { consumer: consumer.name, owner }
    yield* Effect.addFinalizer(() => Effect.ignoreLogged(consumers.release(claim)))
    yield* Effect.forkScoped(Stream.runForEach(yield* ticks, () => settledRound(consumer, claim)))
  })
