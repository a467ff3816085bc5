import { Args, Command, Options } from "@effect/cli"
import { Event, EventConsumers, EventCursor, EventStore } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printChange, printList, printResult, printRows, whole } from "../output.ts"
import { Refusal } from "../Refusal.ts"

/** The events of one read. */
const PAGE = 100

/** Reads the matching events of the log after a position, until there are enough. */
const readAfter = (after: EventCursor.EventCursor, fits: (event: Event.Event) => boolean, limit: number) =>
  Effect.gen(function* () {
    const store = yield* EventStore.EventStore
    const found: Array<Event.Event> = []
    for (let cursor = after; ; ) {
      const events = yield* store.after(cursor, PAGE)
      found.push(...events.filter(fits))
      const last = events.at(-1)
      if (found.length > limit || last === undefined || events.length < PAGE) return found
      cursor = last.cursor
    }
  })

const list = Command.make(
  "list",
  {
    ...listOptions,
    after: Options.text("after").pipe(Options.optional, Options.withDescription("Only events after this position")),
    types: Options.choice("type", Event.eventTypes).pipe(
      Options.repeated,
      Options.withDescription("Only events of this type; may be given several times")
    )
  },
  ({ after, types, ...options }) =>
    Effect.gen(function* () {
      const text = Option.getOrElse(after, () => EventCursor.start)
      const cursor = yield* Effect.mapError(
        Schema.decodeUnknown(EventCursor.EventCursor)(text),
        () => new Refusal({ message: `${text} is no position. Positions look like 768.12.` })
      )
      const limit = options.all ? Number.POSITIVE_INFINITY : options.limit
      const events = yield* readAfter(cursor, ({ type }) => types.length === 0 || types.includes(type), limit)
      const page = whole(Effect.succeed(events))
      yield* printList({
        ...{ options, none: "There is no event." },
        list: page,
        row: (event) => ({
          position: event.cursor,
          type: event.type,
          occurred: moment(event.occurredAt),
          video: Option.getOrNull(event.videoId),
          job: Option.getOrNull(event.jobId),
          runner: Option.getOrNull(event.runnerId),
          id: event.id
        })
      })
    })
).pipe(Command.withDescription("Lists events, the oldest first"))

const consumers = Command.make("consumers", { json: listOptions.json }, ({ json }) =>
  Effect.gen(function* () {
    const rows = (yield* (yield* EventConsumers.EventConsumers).list).map((consumer) => ({
      name: consumer.name,
      position: consumer.cursor,
      postponed: consumer.postponed,
      "given-up": consumer.givenUp
    }))
    yield* printRows(rows, "There is no consumer of events.", json)
  })
).pipe(Command.withDescription("Lists the consumers, and the events that they postponed or gave up"))

const consumerOptions = { consumer: Args.text({ name: "consumer" }), json: listOptions.json }

const retry = Command.make("retry", consumerOptions, ({ consumer, json }) =>
  Effect.gen(function* () {
    const count = yield* (yield* EventConsumers.EventConsumers).retry(consumer)
    yield* printResult(json, { retried: count }, `${count} events are delivered again.`)
  })
).pipe(Command.withDescription("Delivers the events again that a consumer gave up"))

const forget = Command.make("forget", consumerOptions, ({ consumer, json }) =>
  Effect.gen(function* () {
    const existed = yield* (yield* EventConsumers.EventConsumers).forget(consumer)
    if (!existed) return yield* new Refusal({ message: `There is no consumer ${consumer}.` })
    yield* printChange(json, { name: consumer })
  })
).pipe(Command.withDescription("Removes a consumer that no program has any more; events are kept for it otherwise"))

export const eventCommand: CommandOf<"events", EventConsumers.EventConsumers | EventStore.EventStore> = Command.make(
  "events"
).pipe(
  Command.withDescription("Changes of state, and their consumers"),
  Command.withSubcommands([list, consumers, retry, forget])
)
