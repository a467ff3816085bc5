import { ConnectorEvents, type Event, EventCursor, EventStore } from "@runner-connector/core"
import { type Chunk, Effect, Exit, Option, Schema, Scope, Stream } from "effect"
import type { CallOptions } from "../api/CallOptions.ts"
import type { Events } from "../api/Events.ts"
import { InvalidRequest } from "../errors/index.ts"
import { toPlain } from "../plain/toPlain.ts"
import type { Engine } from "../runtime/Engine.ts"

const cursorOf = (after: string | undefined) =>
  after === undefined
    ? Effect.flatMap(EventStore.EventStore, ({ end }) => end)
    : Effect.mapError(
        Schema.decodeUnknown(EventCursor.EventCursor)(after),
        () => new InvalidRequest({ message: "after: expected the cursor of an event" })
      )

/** The events after the position, piece by piece. None at the end. */
const openPull = (after: EventCursor.EventCursor, scope: Scope.Scope) =>
  Effect.gen(function* () {
    const { stream } = yield* ConnectorEvents.ConnectorEvents
    const pull = yield* Scope.extend(Stream.toPull(stream({ after })), scope)
    return Effect.catchAll(Effect.asSome(pull), (ended) =>
      Option.isSome(ended) ? Effect.fail(ended.value) : Effect.succeed(Option.none<Chunk.Chunk<Event.Event>>())
    )
  })

export const events = ({ closing, run }: Engine): Events => {
  async function* read(begin: Promise<EventCursor.EventCursor>, options: CallOptions) {
    const scope = Effect.runSync(Scope.make())
    try {
      const pull = await run(openPull(await begin, scope), options)
      for (let piece = await run(pull, options); Option.isSome(piece); piece = await run(pull, options)) {
        for (const event of piece.value) yield toPlain(event)
      }
    } catch (error) {
      // The end of the connector is the end of its events.
      if (!closing.aborted || options.signal?.aborted === true) throw error
    } finally {
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
  return ({ after, ...options } = {}) => {
    // Read now, so that what happens before the loop begins is not missed.
    const begin = run(cursorOf(after), options)
    begin.catch(() => undefined)
    return read(begin, options)
  }
}
