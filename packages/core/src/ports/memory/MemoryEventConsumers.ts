import { DateTime, Duration, Effect, Option } from "effect"
import { type Event, subjectOf } from "../../domain/event/Event.ts"
import { byPosition, type EventCursor, start } from "../../domain/event/EventCursor.ts"
import { type Claim, EventConsumers, type Failure, type PostponedEvent } from "../EventConsumers.ts"

interface Kept {
  readonly event: Event
  readonly failure: Failure
  readonly dueAt: DateTime.Utc
}

interface Consumer {
  cursor: EventCursor
  owner: string | undefined
  until: DateTime.Utc
  /** In the order of positions. */
  kept: ReadonlyArray<Kept>
}

const keptOf = (event: Event, failure: Failure, now: DateTime.Utc): Kept => ({
  event,
  failure,
  dueAt: DateTime.addDuration(now, failure.pause ?? Duration.zero)
})

const isOpen = ({ failure }: Kept): boolean => failure.pause !== undefined

/** The first open one of each subject. */
const heads = (kept: ReadonlyArray<Kept>, now: DateTime.Utc): ReadonlyArray<PostponedEvent> => {
  const found = new Map<string, PostponedEvent>()
  for (const { dueAt, event, failure } of kept.filter(isOpen)) {
    const subject = subjectOf(event)
    const isDue = DateTime.lessThanOrEqualTo(dueAt, now)
    if (!found.has(subject)) found.set(subject, { event, subject, attempts: failure.attempts, isDue })
  }
  return Array.from(found.values())
}

const sorted = (kept: ReadonlyArray<Kept>): ReadonlyArray<Kept> =>
  [...kept].sort((a, b) => byPosition(a.event.cursor, b.event.cursor))

type Service = EventConsumers["Type"]

const processing = (consumers: Map<string, Consumer>): Pick<Service, "claim" | "release" | "advance" | "settle"> => {
  const owned = ({ consumer, owner }: Claim): Consumer | undefined => {
    const found = consumers.get(consumer)
    return found?.owner === owner ? found : undefined
  }
  const replace = (consumer: Consumer, event: Event, kept: ReadonlyArray<Kept>) => {
    consumer.kept = sorted([...consumer.kept.filter((one) => one.event.id !== event.id), ...kept])
  }
  const keep = (claim: Claim, event: Event, failure: Failure | undefined, moves: boolean) =>
    Effect.map(DateTime.now, (now) => {
      const consumer = owned(claim)
      if (consumer === undefined) return false
      if (moves) consumer.cursor = event.cursor
      replace(consumer, event, failure === undefined ? [] : [keptOf(event, failure, now)])
      return true
    })
  return {
    claim: ({ consumer, owner }, lease) =>
      Effect.map(DateTime.now, (now) => {
        const found = consumers.get(consumer) ?? { cursor: start, owner: undefined, until: now, kept: [] }
        const isFree = found.owner === undefined || found.owner === owner || DateTime.lessThan(found.until, now)
        if (!isFree) return Option.none()
        consumers.set(consumer, Object.assign(found, { owner, until: DateTime.addDuration(now, lease) }))
        return Option.some(found.cursor)
      }),
    release: (claim) => Effect.sync(() => void Object.assign(owned(claim) ?? {}, { owner: undefined })),
    advance: (claim, event, failure) => keep(claim, event, failure, true),
    settle: (claim, event, failure) => keep(claim, event, failure, false)
  }
}

/** The events that no consumer needs any more, with those that were given up. */
export const isDone = (consumers: ReadonlyMap<string, Consumer>, event: Event): boolean =>
  Array.from(consumers.values()).every(
    ({ cursor, kept }) =>
      byPosition(event.cursor, cursor) <= 0 && !kept.some((one) => isOpen(one) && one.event.id === event.id)
  )

/** Consumers by name. */
export type MemoryConsumers = Map<string, Consumer>

/** Consumers in the given map. */
export const make = (consumers: MemoryConsumers): Service =>
  EventConsumers.of({
    ...processing(consumers),
    postponed: (name) => Effect.map(DateTime.now, (now) => heads(consumers.get(name)?.kept ?? [], now)),
    list: Effect.sync(() =>
      Array.from(consumers, ([name, { cursor, kept }]) => {
        const postponed = kept.filter(isOpen).length
        return { name, cursor, postponed, givenUp: kept.length - postponed }
      })
    ),
    retry: (name) =>
      Effect.map(DateTime.now, (now) => {
        const consumer = consumers.get(name)
        if (consumer === undefined) return 0
        const dead = consumer.kept.filter((one) => !isOpen(one))
        const again = dead.map(({ event, failure: { error } }) =>
          keptOf(event, { attempts: 0, error, pause: Duration.zero }, now)
        )
        consumer.kept = sorted([...consumer.kept.filter(isOpen), ...again])
        return dead.length
      }),
    forget: (name) => Effect.sync(() => consumers.delete(name))
  })
