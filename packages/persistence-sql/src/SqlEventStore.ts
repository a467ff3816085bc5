import { PgClient } from "@effect/sql-pg"
import { EventCursor, EventStore, spanned } from "@runner-connector/core"
import { Array as Arr, Effect, type Stream } from "effect"
import { deleteEvents, selectEnd, selectEvents, selectGap } from "./eventQueries.ts"
import { decodeEvents } from "./eventRows.ts"
import { persist, repeatable } from "./persist.ts"

/** The outbox in the table `runner_connector.event`. Does not create the table. */
export const make = (
  hints: Stream.Stream<void>
): Effect.Effect<EventStore.EventStore["Type"], never, PgClient.PgClient> =>
  Effect.map(PgClient.PgClient, (client) => {
    const sql = client.withoutTransforms()
    return EventStore.EventStore.of({
      after: spanned("SqlEventStore.after")((cursor, limit) =>
        Effect.flatMap(selectEvents(sql, cursor, limit), decodeEvents).pipe(persist("EventStore.after", repeatable))
      ),
      end: Effect.map(selectEnd(sql), ([row]) => EventCursor.cursorOf(row?.transaction ?? "0", "0")).pipe(
        persist("EventStore.end", repeatable)
      ),
      gapAfter: spanned("SqlEventStore.gapAfter")((cursor) =>
        Effect.map(selectGap(sql, cursor), (rows) =>
          Arr.head(rows.map(({ sequence, transaction }) => EventCursor.cursorOf(transaction, sequence)))
        ).pipe(persist("EventStore.gapAfter", repeatable))
      ),
      hints,
      prune: spanned("SqlEventStore.prune")((olderThan, limit) =>
        Effect.map(deleteEvents(sql, olderThan, limit), (rows) => rows.length).pipe(
          persist("EventStore.prune", repeatable)
        )
      )
    })
  })
