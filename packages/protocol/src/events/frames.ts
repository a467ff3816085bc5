import { Event, type EventCursor } from "@runner-connector/core"
import { Effect, Option, Schema, Stream } from "effect"

/** How long browsers wait before they connect again. Milliseconds. */
const RETRY_MILLIS = 2000

/** The blank line ends a frame. JSON has no line breaks. */
const frame = (fields: Readonly<Record<string, string>>): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("")}\n`

/** The first frame. A client that reads a list after it and then applies events misses none. */
export const readyFrame = (cursor: EventCursor.EventCursor, resumed: boolean): string =>
  frame({ retry: String(RETRY_MILLIS), id: cursor, event: "ready", data: JSON.stringify({ cursor, resumed }) })

/** Comes first when events after the client's position are missing. The client reads its lists again. */
export const resetFrame = (cursor: EventCursor.EventCursor): string =>
  frame({ id: cursor, event: "reset", data: JSON.stringify({ cursor }) })

/** A comment that shows both sides that the connection lives. */
export const heartbeatFrame = ": heartbeat\n\n"

/** Moves the position of the client past events that it does not receive. Nothing is dispatched. */
const positionFrame = (cursor: EventCursor.EventCursor): string => frame({ id: cursor })

/** Reports the progress of running jobs. It has no id, because it is no event of the outbox. */
export const progressFrame = (document: unknown): string => frame({ event: "progress", data: JSON.stringify(document) })

const encode = Schema.encode(Event.Event)

/** An event of the outbox. */
const eventFrame = (event: Event.Event): Effect.Effect<string> =>
  Effect.map(Effect.orDie(encode(event)), (document) =>
    frame({ id: event.cursor, event: event.type, data: JSON.stringify(document) })
  )

/** The event for clients that are no administrators: messages of runners contain paths and addresses of their machines. */
const publicEvent = <E extends Event.Event>(event: E): E => ({
  ...event,
  runnerId: Option.none(),
  data: "message" in event.data ? { ...event.data, message: "" } : event.data
})

/** What a client receives. */
export interface Reader {
  /** All types when empty. */
  readonly types: ReadonlySet<string>
  /** Others see the events of videos and their jobs, without messages. */
  readonly isAdministrator: boolean
}

/** The frames of events. Events that the reader does not receive move its position only. */
export const framesOf = <E>(
  events: Stream.Stream<Event.Event, E>,
  { isAdministrator, types }: Reader
): Stream.Stream<string, E> =>
  Stream.mapEffect(events, (event) => {
    const isWanted = types.size === 0 || types.has(event.type)
    if (!isWanted || !(isAdministrator || Option.isSome(event.videoId))) {
      return Effect.succeed(positionFrame(event.cursor))
    }
    return eventFrame(isAdministrator ? event : publicEvent(event))
  })
