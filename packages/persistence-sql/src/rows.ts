import { MediaReport, Runner, RunnerJob, Upload, Video, Webhook, workSince } from "@runner-connector/core"
import { DateTime, Effect, Option, Schema } from "effect"
import { RowError } from "./persist.ts"

/** A row to write, by column name. */
export type Row = Record<string, unknown>

/** Reads and writes the records of one table. */
export interface Rows<A> {
  /** The list after SELECT or RETURNING: every column under the name of its field. */
  readonly columns: string
  readonly decode: (rows: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<A>, RowError>
  readonly encode: (record: A) => Effect.Effect<Row, RowError>
}

const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** As text, because the driver writes dates in local time, and arrays as PostgreSQL arrays instead of jsonb. */
const valueOf = (value: unknown, isJson: boolean): unknown => {
  if (isJson) return JSON.stringify(value ?? null)
  return value instanceof Date ? value.toISOString() : value
}

const rowsOf = <A, I extends object>(
  table: string,
  schema: Schema.Schema<A, I> & { readonly fields: object },
  json: ReadonlyArray<keyof I & string>
): Rows<A> => {
  const decode = Schema.decodeUnknown(Schema.Array(schema))
  const encode = Schema.encodeSync(schema)
  const isJson = new Set<string>(json)
  const toRow = (record: A): Row =>
    Object.fromEntries(
      Object.entries(encode(record)).map(([field, value]) => [columnOf(field), valueOf(value, isJson.has(field))])
    )
  return {
    columns: Object.keys(schema.fields)
      .map((field) => `${table}.${columnOf(field)} AS "${field}"`)
      .join(", "),
    decode: (rows) => Effect.mapError(decode(rows), (cause) => new RowError({ cause })),
    encode: (record) => Effect.try({ try: () => toRow(record), catch: (cause) => new RowError({ cause }) })
  }
}

/** The table `runner_connector.runner_job AS job`. */
export const jobRows: Rows<RunnerJob.RunnerJob> = rowsOf("job", RunnerJob.RunnerJob, [
  "payload",
  "privatePayload",
  "requirements",
  "labels",
  "avoided",
  "attempts",
  "uploads",
  "received"
])

/** The table `runner_connector.runner AS runner`. */
export const runnerRows: Rows<Runner.Runner> = rowsOf("runner", Runner.Runner, ["jobTypes", "labels", "health"])
export const newRunnerRows: Rows<Runner.NewRunner> = rowsOf("runner", Runner.Runner.omit("id"), [
  "jobTypes",
  "labels",
  "health"
])

/** The table `runner_connector.registration_token AS token`. */
export const tokenRows: Rows<Runner.RegistrationToken> = rowsOf("token", Runner.RegistrationToken, ["labels"])

/** Of the table `runner_connector.upload AS upload`. */
export const uploadRows: Rows<Upload.Upload> = rowsOf("upload", Upload.Upload, [])

/** The table `runner_connector.media_report AS report`. */
export const reportRows: Rows<MediaReport.MediaReport> = rowsOf("report", MediaReport.MediaReport, ["report"])

/** The table `runner_connector.webhook_endpoint AS endpoint`. */
export const endpointRows: Rows<Webhook.WebhookEndpoint> = rowsOf("endpoint", Webhook.WebhookEndpoint, ["types"])

const videoJson = [
  "labels",
  "metadata",
  "source",
  "plan",
  "files",
  "webVideos",
  "captions",
  "storyboard",
  "live",
  "chunking",
  "pendingDeletion"
] as const

/** The table `runner_connector.video AS video`. */
export const videoRows: Rows<Video.Video> = rowsOf("video", Video.Video, videoJson)

const bareVideoRows: Rows<Video.NewVideo> = rowsOf("video", Video.Video.omit("number", "revision"), videoJson)

/** The row of a video without the fields that the store assigns, and with its search columns. */
export const encodeVideo = (video: Video.NewVideo): Effect.Effect<Row, RowError> =>
  Effect.map(bareVideoRows.encode(video), (row) => {
    const moments = video.pendingDeletion.map(({ at }) => DateTime.toEpochMillis(at))
    const work = workSince(video)
    return {
      ...row,
      chunk_work_since: Option.isSome(work) ? DateTime.formatIso(work.value) : null,
      pending_deletion_since: moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString()
    }
  })
