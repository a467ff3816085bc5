import { Args, Command, Options } from "@effect/cli"
import { EventConsumers, EventCursor, EventStore } from "@runner-connector/core"
import { Console, DateTime, Effect, Option, Schema } from "effect"
import { Refusal } from "../Failure.ts"
import { PAGE, printRows } from "./table.ts"

const list = Command.make("list", { after: Options.text("after").pipe(Options.optional) }, ({ after }) =>
  Effect.gen(function* () {
    const store = yield* EventStore.EventStore
    const text = Option.getOrElse(after, () => EventCursor.start)
    const cursor = yield* Effect.mapError(
      Schema.decodeUnknown(EventCursor.EventCursor)(text),
      () => new Refusal({ message: `${text} is no position. Positions look like 768.12.` })
    )
    const rows = (yield* store.after(cursor, PAGE.count)).map((event) => ({
      position: event.cursor,
      type: event.type,
      occurred: DateTime.formatIso(event.occurredAt),
      video: Option.getOrElse(event.videoId, () => "-"),
      job: Option.getOrElse(event.jobId, () => "-"),
      runner: Option.match(event.runnerId, { onNone: () => "-", onSome: String }),
      id: event.id
    }))
    yield* printRows(rows, "There is no event.")
  })
).pipe(Command.withDescription("Lists a hundred events after a position, the oldest first"))

const consumers = Command.make("consumers", {}, () =>
  Effect.gen(function* () {
    const rows = (yield* (yield* EventConsumers.EventConsumers).list).map((consumer) => ({
      name: consumer.name,
      position: consumer.cursor,
      postponed: String(consumer.postponed),
      "given-up": String(consumer.givenUp)
    }))
    yield* printRows(rows, "There is no consumer of events.")
  })
).pipe(Command.withDescription("Lists the consumers, and the events that they postponed or gave up"))

const retry = Command.make("retry", { consumer: Args.text({ name: "consumer" }) }, ({ consumer }) =>
  Effect.gen(function* () {
    const count = yield* (yield* EventConsumers.EventConsumers).retry(consumer)
    yield* Console.log(`${count} events are delivered again.`)
  })
).pipe(Command.withDescription("Delivers the events again that a consumer gave up"))

const forget = Command.make("forget", { consumer: Args.text({ name: "consumer" }) }, ({ consumer }) =>
  Effect.gen(function* () {
    const existed = yield* (yield* EventConsumers.EventConsumers).forget(consumer)
    if (!existed) return yield* new Refusal({ message: `There is no consumer ${consumer}.` })
  })
).pipe(Command.withDescription("Removes a consumer that no program has any more; events are kept for it otherwise"))

export const eventCommand = Command.make("events").pipe(
  Command.withDescription("Changes of state, and their consumers"),
  Command.withSubcommands([list, consumers, retry, forget])
)
