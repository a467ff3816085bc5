import { Effect, Schedule, Stream } from "effect"
import { EventStore } from "../../ports/EventStore.ts"

/** Hints may be lost, so readers look at least this often. */
const POLL_INTERVAL = "2 seconds"

/** Emits at once, at every hint and every two seconds. Ticks that arrive while the reader is busy become one. */
export const ticks: Effect.Effect<Stream.Stream<void>, never, EventStore> = Effect.map(EventStore, ({ hints }) =>
  Stream.merge(
    hints,
    Stream.map(Stream.fromSchedule(Schedule.spaced(POLL_INTERVAL)), () => undefined)
  ).pipe((later) => Stream.concat(Stream.make(undefined), later), Stream.buffer({ capacity: 1, strategy: "sliding" }))
)
