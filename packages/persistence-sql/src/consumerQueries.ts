import type { Fragment, Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { Event, type EventConsumers, EventCursor } from "@runner-connector/core"
import { Duration, Effect, Schema } from "effect"
import { position } from "./eventQueries.ts"
import { eventColumns } from "./eventRows.ts"
import { RowError } from "./persist.ts"

type Sql = PgClient.PgClient
type Claim = EventConsumers.Claim

const seconds = (sql: Sql, duration: Duration.DurationInput): Fragment =>
  sql`make_interval(secs => ${Duration.toSeconds(duration)})`

/** One statement for the first claim, the renewal and the takeover, so that of several processes one succeeds. */
export const claim = (
  sql: Sql,
  { consumer, owner }: Claim,
  lease: Duration.DurationInput
): Statement<{ readonly cursor: EventCursor.EventCursor }> =>
  sql`INSERT INTO runner_connector.event_consumer AS consumer (name, transaction, sequence, owner, owned_until)
    VALUES (${consumer}, '0', 0, ${owner}, now() + ${seconds(sql, lease)})
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, owned_until = excluded.owned_until
      WHERE consumer.owner IS NULL OR consumer.owner = excluded.owner OR consumer.owned_until < now()
    RETURNING consumer.transaction::text || '.' || consumer.sequence AS cursor`

export const release = (sql: Sql, { consumer, owner }: Claim): Statement<object> =>
  sql`UPDATE runner_connector.event_consumer SET owner = NULL WHERE name = ${consumer} AND owner = ${owner}`

/** Adds or changes the postponed event, if the statement has found the consumer in `owned`. */
const postpone = (sql: Sql, event: Event.Event, { attempts, error, pause }: EventConsumers.Failure): Fragment =>
  sql`INSERT INTO runner_connector.event_postponed AS postponed
      (consumer, transaction, sequence, subject, attempts, due_at, error, given_up)
    SELECT owned.name, event.transaction, event.sequence, ${Event.subjectOf(event)}, ${attempts}::integer,
      now() + ${seconds(sql, pause ?? 0)}, ${error.replaceAll("\0", "")}, ${pause === undefined}::boolean
    FROM owned, (VALUES ${position(sql, event.cursor)}) AS event (transaction, sequence)
    ON CONFLICT (consumer, transaction, sequence) DO UPDATE
      SET attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error, given_up = excluded.given_up`

export const advance = (
  sql: Sql,
  { consumer, owner }: Claim,
  event: Event.Event,
  failure: EventConsumers.Failure | undefined
): Statement<object> => {
  const moved = sql`UPDATE runner_connector.event_consumer SET (transaction, sequence) = ROW${position(sql, event.cursor)}
    WHERE name = ${consumer} AND owner = ${owner} RETURNING name`
  return failure === undefined
    ? moved
    : sql`WITH owned AS (${moved}), kept AS (${postpone(sql, event, failure)}) SELECT name FROM owned`
}

/** The lock on the consumer keeps another process from taking over between the check and the change. */
export const settle = (
  sql: Sql,
  { consumer, owner }: Claim,
  event: Event.Event,
  failure: EventConsumers.Failure | undefined
): Statement<object> => {
  const owned = sql`SELECT name FROM runner_connector.event_consumer
    WHERE name = ${consumer} AND owner = ${owner} FOR UPDATE`
  const change =
    failure === undefined
      ? sql`DELETE FROM runner_connector.event_postponed WHERE consumer IN (SELECT name FROM owned)
          AND (transaction, sequence) = ${position(sql, event.cursor)}`
      : postpone(sql, event, failure)
  return sql`WITH owned AS (${owned}), changed AS (${change}) SELECT name FROM owned`
}

/** The first one of each subject, and whether its pause is over. */
export const selectPostponed = (sql: Sql, consumer: string): Statement<object> =>
  sql`SELECT ${sql.literal(eventColumns)}, head.subject, head.attempts, head.due_at <= now() AS "isDue"
    FROM (
      SELECT DISTINCT ON (subject) subject, transaction, sequence, attempts, due_at
      FROM runner_connector.event_postponed
      WHERE consumer = ${consumer} AND NOT given_up
      ORDER BY subject, transaction, sequence
    ) AS head JOIN runner_connector.event event USING (transaction, sequence)
    ORDER BY transaction, sequence
    LIMIT 1000`

const Postponed = Schema.extend(
  Event.Event,
  Schema.Struct({ subject: Schema.String, attempts: Schema.Int, isDue: Schema.Boolean })
)

/** The rows of `selectPostponed`. */
export const decodePostponed = (
  rows: ReadonlyArray<object>
): Effect.Effect<ReadonlyArray<EventConsumers.PostponedEvent>, RowError> =>
  Schema.decodeUnknown(Schema.Array(Postponed))(rows).pipe(
    Effect.mapError((cause) => new RowError({ cause })),
    Effect.map((all) =>
      all.map(({ attempts, isDue, subject, ...event }) => ({ event: event as Event.Event, attempts, isDue, subject }))
    )
  )

export const selectStatuses = (sql: Sql): Statement<object> =>
  sql`SELECT consumer.name, consumer.transaction::text || '.' || consumer.sequence AS cursor,
      count(postponed.consumer) FILTER (WHERE NOT given_up)::int AS postponed,
      count(postponed.consumer) FILTER (WHERE given_up)::int AS "givenUp"
    FROM runner_connector.event_consumer consumer
    LEFT JOIN runner_connector.event_postponed postponed ON postponed.consumer = consumer.name
    GROUP BY consumer.name
    ORDER BY consumer.name`

const Status = Schema.Struct({
  name: Schema.String,
  cursor: EventCursor.EventCursor,
  postponed: Schema.Int,
  givenUp: Schema.Int
})

/** The rows of `selectStatuses`. */
export const decodeStatuses = (
  rows: ReadonlyArray<object>
): Effect.Effect<ReadonlyArray<EventConsumers.ConsumerStatus>, RowError> =>
  Effect.mapError(Schema.decodeUnknown(Schema.Array(Status))(rows), (cause) => new RowError({ cause }))

export const retryGivenUp = (sql: Sql, consumer: string): Statement<object> =>
  sql`UPDATE runner_connector.event_postponed SET given_up = false, attempts = 0, due_at = now()
    WHERE consumer = ${consumer} AND given_up RETURNING consumer`

export const forget = (sql: Sql, consumer: string): Statement<object> =>
  sql`DELETE FROM runner_connector.event_consumer WHERE name = ${consumer} RETURNING name`
