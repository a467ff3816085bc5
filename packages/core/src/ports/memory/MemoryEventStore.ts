import { DateTime, Effect, Stream } from "effect"
import { byPosition } from "../../domain/event/EventCursor.ts"
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
