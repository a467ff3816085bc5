import type { PgClient } from "@effect/sql-pg"
import { HostTransaction } from "@runner-connector/core"
import { Context, Effect, FiberSet, Option, PubSub, Queue, type Scope, Stream } from "effect"
import { makeHostTransaction } from "./hostTransaction.ts"

/** Follows each write of events. Nothing by default: readers then find events by polling. */
export class EventsWritten extends Context.Reference<EventsWritten>()(
  "@runner-connector/persistence-sql/EventsWritten",
  { defaultValue: (): Effect.Effect<void> => Effect.void }
) {}

/** Hints that there may be new events. */
export interface EventHints {
  readonly written: Effect.Effect<void>
  readonly hints: Stream.Stream<void>
}

const CHANNEL = "runner_connector_events"

/** NOTIFY takes a lock of the whole cluster at its commit, so it is sent apart from the writes and not for each of them. */
const NOTIFY_INTERVAL = "50 millis"

/** The client does not report the loss of the listening connection, so it is opened anew. */
const LISTEN_AGAIN = "1 minute"

/** Sends the hints of this process to the others. A lost one is made up for by polling. */
const notifyOthers = (sql: PgClient.PgClient, requests: Queue.Dequeue<void>) =>
  Queue.take(requests).pipe(
    Effect.zipRight(Effect.ignore(sql`SELECT pg_notify(${CHANNEL}, '1')`)),
    Effect.zipRight(Effect.sleep(NOTIFY_INTERVAL)),
    Effect.forever
  )

/** One connection for all readers of the process, while there are any. */
const listening = (sql: PgClient.PgClient): Stream.Stream<void> =>
  sql.listen(CHANNEL).pipe(
    Stream.map(() => undefined),
    Stream.interruptAfter(LISTEN_AGAIN),
    Stream.catchAllCause(() => Stream.drain(Stream.fromEffect(Effect.sleep("1 second")))),
    Stream.forever
  )

/** Hints within this process, and by LISTEN and NOTIFY between processes. */
export const makeEventHints = (sql: PgClient.PgClient): Effect.Effect<EventHints, never, Scope.Scope> =>
  Effect.gen(function* () {
    const local = yield* PubSub.sliding<void>(1)
    const requests = yield* Queue.sliding<void>(1)
    yield* Effect.forkScoped(notifyOthers(sql, requests))
    const shared = yield* Stream.share(listening(sql), { capacity: 1, strategy: "sliding" })
    const transaction = makeHostTransaction(sql.withoutTransforms())
    const postponed = yield* FiberSet.make<void>()
    const wake = Effect.zipRight(PubSub.publish(local, undefined), Queue.offer(requests, undefined))
    return {
      // Events of a transaction of the host cannot be read before its end.
      written: transaction.pipe(
        Effect.flatMap(
          Option.match({
            onNone: () => Effect.asVoid(wake),
            onSome: (open) => HostTransaction.afterEnd(postponed, open, Effect.interruptible(Effect.asVoid(wake)))
          })
        ),
        Effect.ignore
      ),
      hints: Stream.merge(Stream.fromPubSub(local), shared)
    }
  })
