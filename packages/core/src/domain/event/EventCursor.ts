import { Order, Schema } from "effect"

/**
 * The position of an event: the number of its transaction, then its number in the log. Positions are ordered. Events of
 * a later transaction never get an earlier position.
 */
export const EventCursor = Schema.String.pipe(
  // PostgreSQL stores both numbers in 64 bits.
  Schema.pattern(/^\d{1,18}\.\d{1,18}$/),
  Schema.brand("EventCursor")
)
export type EventCursor = typeof EventCursor.Type

/** The position before all events. */
export const start: EventCursor = EventCursor.make("0.0")

/** The position of an event by its two numbers. */
export const cursorOf = (transaction: bigint | string, sequence: bigint | string): EventCursor =>
  EventCursor.make(`${transaction}.${sequence}`)

/** The two numbers of a position. */
export const partsOf = (cursor: EventCursor): readonly [transaction: bigint, sequence: bigint] => {
  const [transaction = "0", sequence = "0"] = cursor.split(".")
  return [BigInt(transaction), BigInt(sequence)]
}

/** Earlier positions first. */
export const byPosition: Order.Order<EventCursor> = Order.mapInput(Order.tuple(Order.bigint, Order.bigint), partsOf)
