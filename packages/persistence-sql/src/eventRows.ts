import { Event } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { RowError } from "./persist.ts"
import * as RowFields from "./rowFields.ts"

/** The columns of the table `runner_connector.event AS event`, under the names of the fields. */
export const eventColumns = `event.id, event.transaction::text || '.' || event.sequence AS cursor, event.type,
  to_char(event.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "occurredAt",
  event.video_id AS "videoId", event.job_id AS "jobId", event.runner_id AS "runnerId", event.data`

const decode = Schema.decodeUnknown(Schema.Array(Event.Event))

/** The events in rows with `eventColumns`. */
export const decodeEvents = (rows: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<Event.Event>, RowError> =>
  Effect.mapError(decode(rows), (cause) => new RowError({ cause }))

/** By type: encoding the union would try one member after the other for each event. */
const encoders = new Map<string, (data: unknown) => unknown>(
  Event.Event.members.map(({ fields }) => [
    fields.type.literals[0],
    RowFields.of(fields.data as Schema.Schema.AnyNoContext, false).write
  ])
)

/** The values of a new event by column. `data` is JSON. */
export interface EventRow {
  readonly type: string
  readonly occurred_at: string
  readonly video_id: string | null
  readonly job_id: string | null
  readonly runner_id: number | null
  readonly data: unknown
}

/** The row of a new event. Throws when its data do not have their type. */
export const rowOf = (event: Event.NewEvent): EventRow => {
  const { data, jobId, runnerId, type, videoId } = event
  return {
    type,
    occurred_at: DateTime.formatIso(event.occurredAt),
    video_id: Option.getOrNull(videoId),
    job_id: Option.getOrNull(jobId),
    runner_id: Option.getOrNull(runnerId),
    data: encoders.get(type)?.(data)
  }
}

/** The row of a new event. */
export const encodeEvent = (event: Event.NewEvent): Effect.Effect<EventRow, RowError> =>
  Effect.try({ try: () => rowOf(event), catch: (cause) => new RowError({ cause }) })
