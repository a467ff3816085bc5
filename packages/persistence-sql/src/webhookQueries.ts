import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import { Event, type Ids, Webhook, type WebhookStore } from "@runner-connector/core"
import { Duration, Effect, Schema } from "effect"
import { position } from "./eventQueries.ts"
import { RowError } from "./persist.ts"
import { endpointRows, type Row } from "./rows.ts"

type Sql = PgClient.PgClient

/** Does nothing when it is repeated. */
export const insertEndpoint = (sql: Sql, row: Row): Statement<object> =>
  sql`INSERT INTO runner_connector.webhook_endpoint ${sql.insert(row)} ON CONFLICT (id) DO NOTHING`

/** Keeps the row from changes and removals until the transaction of the caller ends. */
export const lockEndpoint = (sql: Sql, id: Ids.WebhookId): Statement<object> =>
  sql`SELECT ${sql.literal(endpointRows.columns)} FROM runner_connector.webhook_endpoint endpoint
    WHERE endpoint.id = ${id} FOR UPDATE`

export const updateEndpoint = (sql: Sql, id: Ids.WebhookId, row: Row): Statement<object> =>
  sql`UPDATE runner_connector.webhook_endpoint SET ${sql.update(row, ["id", "created_at"])} WHERE id = ${id}`

export const deleteEndpoint = (sql: Sql, id: Ids.WebhookId): Statement<object> =>
  sql`DELETE FROM runner_connector.webhook_endpoint WHERE id = ${id} RETURNING id`

export const selectEndpoints = (sql: Sql): Statement<object> =>
  sql`SELECT ${sql.literal(endpointRows.columns)} FROM runner_connector.webhook_endpoint endpoint
    ORDER BY endpoint.created_at, endpoint.id`

/**
 * An endpoint that has a delivery of the event gets no second one. The lock keeps the endpoints from removals: the foreign
 * key would fail the statement for an endpoint that is removed meanwhile, and no other endpoint would get the event.
 */
export const insertDeliveries = (sql: Sql, event: Event.Event): Statement<object> =>
  sql`INSERT INTO runner_connector.webhook_delivery (endpoint_id, transaction, sequence, state)
    SELECT endpoint.id, event.transaction, event.sequence, 'pending'
    FROM runner_connector.webhook_endpoint endpoint,
      (VALUES ${position(sql, event.cursor)}) AS event (transaction, sequence)
    WHERE endpoint.enabled AND (endpoint.types = '[]' OR endpoint.types @> ${JSON.stringify(event.type)}::jsonb)
    FOR KEY SHARE OF endpoint
    ON CONFLICT DO NOTHING`

/**
 * Marks free endpoints with a due delivery as busy, and returns the first due delivery of each. Simultaneous claims of
 * several processes get different endpoints.
 */
export const claimDeliveries = (sql: Sql, limit: number, lease: Duration.DurationInput): Statement<object> =>
  sql`WITH free AS (
      SELECT endpoint.id FROM runner_connector.webhook_endpoint endpoint
      WHERE endpoint.enabled AND (endpoint.busy_until IS NULL OR endpoint.busy_until <= now())
        AND EXISTS (SELECT FROM runner_connector.webhook_delivery delivery
          WHERE delivery.endpoint_id = endpoint.id AND delivery.state = 'pending' AND delivery.due_at <= now())
      LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ), endpoint AS (
      UPDATE runner_connector.webhook_endpoint AS taken
      SET busy_until = now() + make_interval(secs => ${Duration.toSeconds(lease)})
      FROM free WHERE taken.id = free.id RETURNING taken.*
    )
    SELECT delivery.id AS "deliveryId", delivery.attempts,
      jsonb_build_object('id', event.id, 'cursor', event.transaction::text || '.' || event.sequence,
        'type', event.type, 'videoId', event.video_id, 'jobId', event.job_id, 'runnerId', event.runner_id,
        'occurredAt', to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', event.data) AS event,
      ${sql.literal(endpointRows.columns)}
    FROM endpoint
    CROSS JOIN LATERAL (
      SELECT * FROM runner_connector.webhook_delivery
      WHERE endpoint_id = endpoint.id AND state = 'pending' AND due_at <= now()
      ORDER BY due_at, transaction, sequence LIMIT 1
    ) AS delivery
    JOIN runner_connector.event event USING (transaction, sequence)`

const Claimed = Schema.Struct({ deliveryId: Schema.UUID, attempts: Schema.Int, event: Event.Event })

/** The rows of `claimDeliveries`. */
export const decodeClaimed = (
  rows: ReadonlyArray<object>
): Effect.Effect<ReadonlyArray<WebhookStore.ClaimedDelivery>, RowError> =>
  Effect.gen(function* () {
    const endpoints = yield* endpointRows.decode(rows)
    const claimed = yield* Schema.decodeUnknown(Schema.Array(Claimed))(rows)
    return claimed.flatMap(({ attempts, deliveryId, event }, n) => {
      const endpoint = endpoints[n]
      return endpoint === undefined ? [] : [{ id: deliveryId, endpoint, event, attempts }]
    })
  }).pipe(Effect.mapError((cause) => new RowError({ cause })))

const withoutNul = (error: string): string => error.replaceAll("\0", "").slice(0, 1000)

/**
 * Disables the endpoint, unless its URL has changed since the claim. Its pending deliveries are dead, or else this one
 * only.
 */
const settleGone = (
  sql: Sql,
  { attempts, endpoint, id }: WebhookStore.ClaimedDelivery,
  outcome: Extract<WebhookStore.DeliveryOutcome, { readonly _tag: "Gone" }>
): Statement<object> => {
  const error = withoutNul(outcome.error)
  return sql`WITH endpoint AS (
      UPDATE runner_connector.webhook_endpoint
      SET busy_until = NULL, enabled = enabled AND url <> ${endpoint.url},
        disabled_reason = CASE WHEN enabled AND url = ${endpoint.url} THEN ${error} ELSE disabled_reason END,
        updated_at = CASE WHEN url = ${endpoint.url} THEN now() ELSE updated_at END
      WHERE id = ${endpoint.id} RETURNING url = ${endpoint.url} AS gone
    )
    UPDATE runner_connector.webhook_delivery delivery
    SET state = 'dead', attempts = attempts + (delivery.id = ${id})::integer,
      status = CASE WHEN delivery.id = ${id} THEN ${outcome.status}::integer ELSE status END,
      error = ${error}, updated_at = now()
    FROM endpoint
    WHERE delivery.endpoint_id = ${endpoint.id} AND delivery.state = 'pending'
      AND (endpoint.gone OR (delivery.id = ${id} AND delivery.attempts = ${attempts}))`
}

/** Frees the endpoint, and stores the result if the delivery is as it was when it was claimed. */
export const settleDelivery = (
  sql: Sql,
  claimed: WebhookStore.ClaimedDelivery,
  outcome: WebhookStore.DeliveryOutcome
): Statement<object> => {
  if (outcome._tag === "Gone") return settleGone(sql, claimed, outcome)
  const { attempts, endpoint, id } = claimed
  const isFailure = outcome._tag === "Failed"
  const state = !isFailure ? "delivered" : outcome.pause === undefined ? "dead" : "pending"
  const pause = isFailure ? Duration.toSeconds(outcome.pause ?? 0) : 0
  const error = isFailure ? withoutNul(outcome.error) : null
  return sql`WITH freed AS (
      UPDATE runner_connector.webhook_endpoint SET busy_until = NULL WHERE id = ${endpoint.id}
    )
    UPDATE runner_connector.webhook_delivery
    SET state = ${state}, attempts = attempts + ${isFailure ? 1 : 0}::integer,
      due_at = now() + make_interval(secs => ${pause}), status = ${outcome.status ?? null}::integer,
      error = ${error}, updated_at = now()
    WHERE id = ${id} AND state = 'pending' AND attempts = ${attempts}`
}

const filtered = (sql: Sql, { endpointId, id, state }: WebhookStore.DeliveryFilter) =>
  sql`WHERE true ${id === undefined ? sql.literal("") : sql`AND delivery.id = ${id}`}
    ${endpointId === undefined ? sql.literal("") : sql`AND delivery.endpoint_id = ${endpointId}`}
    ${state === undefined ? sql.literal("") : sql`AND delivery.state = ${state}`}`

export const countDeliveries = (sql: Sql, filter: WebhookStore.DeliveryFilter): Statement<{ readonly total: number }> =>
  sql`SELECT count(*)::int AS total FROM runner_connector.webhook_delivery delivery ${filtered(sql, filter)}`

/** The deliveries that follow this one, newest first. */
const behind = (sql: Sql, { after }: WebhookStore.DeliveryFilter) =>
  after === undefined
    ? sql.literal("")
    : sql`AND EXISTS (
        SELECT FROM runner_connector.webhook_delivery mark
        WHERE mark.id = ${after} AND (delivery.transaction, delivery.sequence) <= (mark.transaction, mark.sequence)
          AND ((delivery.transaction, delivery.sequence) < (mark.transaction, mark.sequence)
            OR delivery.endpoint_id > mark.endpoint_id)
      )`

/** Newest first. */
export const selectDeliveries = (sql: Sql, filter: WebhookStore.DeliveryFilter): Statement<object> =>
  sql`SELECT delivery.id, delivery.endpoint_id AS "endpointId", event.id AS "eventId", event.type, delivery.state,
      delivery.attempts, delivery.due_at AS "dueAt", delivery.status, delivery.error,
      delivery.created_at AS "createdAt", delivery.updated_at AS "updatedAt"
    FROM runner_connector.webhook_delivery delivery
    JOIN runner_connector.event event USING (transaction, sequence)
    ${filtered(sql, filter)} ${behind(sql, filter)}
    ORDER BY transaction DESC, sequence DESC, delivery.endpoint_id
    OFFSET ${filter.start} LIMIT ${filter.count}`

/** The rows of `selectDeliveries`. */
export const decodeDeliveries = (
  rows: ReadonlyArray<object>
): Effect.Effect<ReadonlyArray<Webhook.WebhookDelivery>, RowError> =>
  Effect.mapError(Schema.decodeUnknown(Schema.Array(Webhook.WebhookDelivery))(rows), (cause) => new RowError({ cause }))

export const replayDeliveries = (
  sql: Sql,
  which: { readonly id: string } | { readonly endpointId: Ids.WebhookId }
): Statement<object> =>
  sql`UPDATE runner_connector.webhook_delivery
    SET state = 'pending', attempts = 0, due_at = now(), updated_at = now()
    WHERE state = 'dead' AND ${"id" in which ? sql`id = ${which.id}` : sql`endpoint_id = ${which.endpointId}`}
    RETURNING id`
