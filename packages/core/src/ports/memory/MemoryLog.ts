import { Context, DateTime } from "effect"
import type { Event, NewEvent } from "../../domain/event/Event.ts"
import { byPosition, cursorOf, type EventCursor, partsOf, start } from "../../domain/event/EventCursor.ts"
import { EventId } from "../../domain/Ids.ts"

/** The number of the transaction that is open around the calls. Undefined: each write is a transaction of its own. */
export class OpenTransaction extends Context.Reference<OpenTransaction>()("@runner-connector/core/OpenTransaction", {
  defaultValue: (): number | undefined => undefined
}) {}

/** The events of the stores in memory. */
export interface MemoryLog {
  /** The numbers of the open transactions. */
  readonly open: Set<number>
  /** The number of a new transaction. */
  readonly begin: () => number
  readonly entries: () => ReadonlyArray<Entry>
  /** Adds the events of a transaction. */
  readonly add: (events: ReadonlyArray<NewEvent>, transaction: number, at: DateTime.Utc) => void
  /** Removes the events of a transaction that failed. */
  readonly drop: (transaction: number) => void
  /** The events that no open transaction can precede, in the order of their positions; or those added before. */
  readonly readable: (before?: DateTime.Utc) => ReadonlyArray<Event>
  /** Called after each added event. */
  readonly listeners: Set<() => void>
  /** The last position that an event had when it was removed. */
  readonly pruned: () => EventCursor
  readonly remove: (cursors: ReadonlySet<EventCursor>) => void
  /** The position before everything that is not readable yet. */
  readonly end: () => EventCursor
}

/** Ids like those of a database, in the order of insertion, so that tests can be repeated. */
const idOf = (sequence: number): EventId =>
  EventId.make(`00000000-0000-4000-8000-${String(sequence).padStart(12, "0")}`)

/** An event with the facts of its transaction. */
export interface Entry {
  readonly event: Event
  readonly transaction: number
  readonly at: DateTime.Utc
}

const later = (a: EventCursor, b: EventCursor): EventCursor => (byPosition(a, b) < 0 ? b : a)

/** Numbers that begin after the last one of the entries. */
const numbersAfter = (given: ReadonlyArray<Entry>) => {
  let last = given.reduce((most, { event }) => Math.max(most, Number(partsOf(event.cursor)[1])), 0)
  return () => {
    last += 1
    return last
  }
}

/** A log with the given entries, empty by default. */
export const makeLog = (given: ReadonlyArray<Entry> = []): MemoryLog => {
  const next = numbersAfter(given)
  const open = new Set<number>()
  const listeners = new Set<() => void>()
  let all = given
  let pruned = start
  const isReadable = (transaction: number) => transaction < Math.min(...open, Number.POSITIVE_INFINITY)
  return {
    open,
    listeners,
    begin: next,
    entries: () => all,
    add: (events, transaction, at) => {
      const added = events.map((event) => {
        const sequence = next()
        const place = { id: idOf(sequence), cursor: cursorOf(BigInt(transaction), BigInt(sequence)) }
        return { transaction, at, event: { ...event, ...place } as Event }
      })
      all = [...all, ...added]
      for (const listener of listeners) listener()
    },
    drop: (transaction) => {
      all = all.filter((entry) => entry.transaction !== transaction)
    },
    readable: (before) =>
      all
        .filter(({ transaction }) => isReadable(transaction))
        .filter(({ at }) => before === undefined || DateTime.lessThan(at, before))
        .map(({ event }) => event)
        .sort((a, b) => byPosition(a.cursor, b.cursor)),
    pruned: () => pruned,
    remove: (cursors) => {
      pruned = [pruned, ...cursors].reduce(later)
      all = all.filter(({ event }) => !cursors.has(event.cursor))
    },
    end: () => cursorOf(BigInt(Math.min(...open, next())), 0n)
  }
}
