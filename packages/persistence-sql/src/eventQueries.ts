import type { SqlError } from "@effect/sql/SqlError"
import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { type Event, EventCursor, jobEvents, type RunnerJob, StateChanges, statesBefore } from "@runner-connector/core"
import { Duration, Effect, identity } from "effect"
import { collect, reporting } from "./collected.ts"
import { EventsWritten } from "./EventHints.ts"
import { encodeEvent, eventColumns, rowOf } from "./eventRows.ts"
import { RowError } from "./persist.ts"

type Sql = PgClient.PgClient

/** Adds events in their order, in a transaction of the caller. */
export const insertEvents = (
  sql: Sql,
  events: ReadonlyArray<Event.NewEvent>
): Effect.Effect<void, SqlError | RowError> =>
  Effect.gen(function* () {
    if (events.length === 0) return
    const rows = yield* Effect.forEach(events, encodeEvent)
    const values = rows.map(({ data, ...row }) => ({ ...row, data: JSON.stringify(data) }))
    yield* sql`INSERT INTO runner_connector.event ${sql.insert(values)}`
    yield* collect({ events: [...events] })
  })

/** Reports the changes of a write to the observers, and wakes the readers of events. */
export type ThenWake = <A, E, R>(write: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The wake-up of the layer that is built. */
export const makeThenWake: Effect.Effect<ThenWake> = Effect.gen(function* () {
  const wake = yield* EventsWritten
  const observers = yield* StateChanges.StateChanges
  const report = observers.length === 0 ? identity : reporting(StateChanges.reportTo(observers))
  return (write) => Effect.zipLeft(report(write), wake)
})

const rowsByState = (after: RunnerJob.RunnerJob) =>
  statesBefore(after).flatMap((before) =>
    jobEvents({ before: before[0], after }).map((event, place) => ({ ...rowOf(event), before, place }))
  )

/** The events of a job by its state before the write, as JSON, so that one statement can write both. */
export const eventsByState = (after: RunnerJob.RunnerJob): Effect.Effect<string, RowError> =>
  Effect.try({
    try: () => JSON.stringify(rowsByState(after)),
    catch: (cause) => new RowError({ cause })
  })

/** Adds the events of `eventsByState` in this parameter that fit the state in `written.before`. */
export const insertEventsOf = (parameter: string): string =>
  `INSERT INTO runner_connector.event (type, occurred_at, video_id, job_id, runner_id, data)
    SELECT event.type, event.occurred_at, event.video_id, event.job_id, event.runner_id, event.data
    FROM written JOIN jsonb_to_recordset(${parameter}::jsonb) AS event (before text[], place integer, type text,
      occurred_at timestamptz, video_id uuid, job_id uuid, runner_id integer, data jsonb)
      ON written.before = ANY (event.before)
    ORDER BY event.place`

/** The two numbers of a position, as parameters of a row comparison. */
export const position = (sql: Sql, cursor: EventCursor.EventCursor): Fragment => {
  const [transaction, sequence] = EventCursor.partsOf(cursor)
  return sql`(${String(transaction)}::xid8, ${String(sequence)}::bigint)`
}

/** The events that can be read: no running transaction is older than theirs. */
export const selectEvents = (sql: Sql, cursor: EventCursor.EventCursor, limit: number): Statement<object> =>
  sql`SELECT ${sql.literal(eventColumns)}
    FROM runner_connector.event event
    WHERE (event.transaction, event.sequence) > ${position(sql, cursor)}
      AND event.transaction < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY event.transaction, event.sequence
    LIMIT ${limit}`

/** Reads before this position only find what was committed before. */
export const selectEnd = (sql: Sql): Statement<{ readonly transaction: string }> =>
  sql`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS transaction`

/** See `EventStore.gapAfter`. A position with a number is that of an event. */
export const selectGap = (
  sql: Sql,
  cursor: EventCursor.EventCursor
): Statement<{ readonly transaction: string; readonly sequence: string }> =>
  sql`SELECT CASE WHEN asked.is_old THEN asked.pruned_transaction ELSE asked.now END::text AS transaction,
      CASE WHEN asked.is_old THEN asked.pruned_sequence ELSE 0 END::text AS sequence
    FROM (
      SELECT log.*, pg_snapshot_xmin(pg_current_snapshot()) AS now, wish.*,
        (wish.transaction, wish.sequence) < (log.pruned_transaction, log.pruned_sequence) AS is_old,
        (wish.transaction, wish.sequence) = (log.pruned_transaction, log.pruned_sequence) AS is_last_pruned
      FROM runner_connector.event_log AS log,
        (VALUES ${position(sql, cursor)}) AS wish (transaction, sequence)
    ) AS asked
    WHERE asked.is_old OR NOT (asked.is_last_pruned OR CASE
      WHEN asked.sequence = 0 THEN asked.transaction <= asked.now
      ELSE asked.transaction < asked.now AND EXISTS (SELECT FROM runner_connector.event event
        WHERE event.transaction = asked.transaction AND event.sequence = asked.sequence)
      END)`

/** Removes the oldest events that no consumer or delivery needs, and records the last removed position. */
export const deleteEvents = (
  sql: Sql,
  olderThan: Duration.DurationInput,
  limit: number
): Statement<{ readonly sequence: string }> =>
  sql`WITH removed AS (DELETE FROM runner_connector.event WHERE (transaction, sequence) IN (
      SELECT event.transaction, event.sequence FROM runner_connector.event event
      WHERE event.recorded_at < now() - make_interval(secs => ${Duration.toSeconds(olderThan)})
        AND NOT EXISTS (SELECT FROM runner_connector.event_consumer consumer
          WHERE (consumer.transaction, consumer.sequence) < (event.transaction, event.sequence))
        AND NOT EXISTS (SELECT FROM runner_connector.event_postponed postponed
          WHERE postponed.transaction = event.transaction AND postponed.sequence = event.sequence
            AND NOT postponed.given_up)
        AND NOT EXISTS (SELECT FROM runner_connector.webhook_delivery delivery
          WHERE delivery.transaction = event.transaction AND delivery.sequence = event.sequence
            AND delivery.state = 'pending')
      ORDER BY event.transaction, event.sequence
      LIMIT ${limit}
    )
    RETURNING transaction, sequence),
    marked AS (UPDATE runner_connector.event_log SET pruned_transaction = last.transaction, pruned_sequence = last.sequence
      FROM (SELECT transaction, sequence FROM removed ORDER BY transaction DESC, sequence DESC LIMIT 1) AS last
      WHERE (pruned_transaction, pruned_sequence) < (last.transaction, last.sequence))
    SELECT sequence FROM removed`
