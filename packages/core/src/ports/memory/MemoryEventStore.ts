import { DateTime, Effect, Option, Stream } from "effect"
import { byPosition, type EventCursor, partsOf } from "../../domain/event/EventCursor.ts"
import { EventStore } from "../EventStore.ts"
import { isDone } from "./MemoryEventConsumers.ts"
import type { MemoryState } from "./MemoryState.ts"
import { isQueued } from "./MemoryWebhooks.ts"

/** Emits after each event that is added. */
const hintsOf = ({ log }: MemoryState): Stream.Stream<void> =>
  Stream.asyncScoped<void>(
    (emit) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const listener = () => void emit.single(undefined)
          log.listeners.add(listener)
          return listener
        }),
        (listener) => Effect.sync(() => void log.listeners.delete(listener))
      ),
    { bufferSize: 1, strategy: "sliding" }
  )

/** A position with a number is that of an event. */
const gapAfter = ({ log }: MemoryState, cursor: EventCursor): Option.Option<EventCursor> => {
  const pruned = log.pruned()
  const order = byPosition(cursor, pruned)
  if (order < 0) return Option.some(pruned)
  const end = log.end()
  const isEvent = partsOf(cursor)[1] > 0n
  const isKnown = isEvent ? log.readable().some((event) => event.cursor === cursor) : byPosition(cursor, end) <= 0
  return order === 0 || isKnown ? Option.none() : Option.some(end)
}

/** The outbox over the given state. */
export const make = (state: MemoryState): EventStore["Type"] =>
  EventStore.of({
    after: (cursor, limit) =>
      Effect.sync(() =>
        state.log
          .readable()
          .filter((event) => byPosition(event.cursor, cursor) > 0)
          .slice(0, limit)
      ),
    end: Effect.sync(() => state.log.end()),
    gapAfter: (cursor) => Effect.sync(() => gapAfter(state, cursor)),
    hints: hintsOf(state),
    prune: (olderThan, limit) =>
      Effect.map(DateTime.now, (now) => {
        const before = DateTime.subtractDuration(now, olderThan)
        const old = state.log
          .readable(before)
          .filter((event) => isDone(state.consumers, event) && !isQueued(state.webhooks, event))
          .slice(0, limit)
        state.log.remove(new Set(old.map(({ cursor }) => cursor)))
        return old.length
      })
  })
