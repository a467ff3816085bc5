import {
  type JobStore,
  MediaReport,
  QueueOrder,
  Runner,
  RunnerJob,
  Upload,
  Video,
  Webhook,
  workSince
} from "@runner-connector/core"
import { DateTime, Effect, Option, type Schema } from "effect"
import { RowError } from "./persist.ts"
import * as RowFields from "./rowFields.ts"

/** A row to write, by column name. */
export type Row = Record<string, unknown>

/** Reads and writes the records of one table. Checks documents, but no columns with a type of the database. */
export interface Rows<A> {
  /** The list after SELECT or RETURNING: every column under the name of its field. */
  readonly columns: string
  readonly decode: (rows: ReadonlyArray<unknown>) => Effect.Effect<ReadonlyArray<A>, RowError>
  readonly encode: (record: A) => Effect.Effect<Row, RowError>
}

const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const rowsOf = <A, I extends object>(
  table: string,
  schema: Schema.Schema<A, I> & { readonly fields: Readonly<Record<string, Schema.Schema.AnyNoContext>> },
  json: ReadonlyArray<keyof I & string>
): Rows<A> => {
  const isJson = new Set<string>(json)
  const fields = Object.entries(schema.fields).map(([name, field]) => ({
    name,
    column: columnOf(name),
    ...RowFields.of(field, isJson.has(name))
  }))
  const toRecord = (row: Row): A => {
    const record: Row = {}
    for (const { name, read } of fields) record[name] = read(row[name])
    return record as A
  }
  const toRow = (record: A): Row => {
    const row: Row = {}
    for (const { column, name, write } of fields) row[column] = write((record as Row)[name])
    return row
  }
  return {
    columns: fields.map(({ column, name }) => `${table}.${column} AS "${name}"`).join(", "),
    decode: (rows) => Effect.try({ try: () => rows.map((row) => toRecord(row as Row)), catch: rowError }),
    encode: (record) => Effect.try({ try: () => toRow(record), catch: rowError })
  }
}

const rowError = (cause: unknown) => new RowError({ cause })

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

/** The row of a job, with its place in the queue. */
export const encodeJob = (job: RunnerJob.RunnerJob): Effect.Effect<Row, RowError> =>
  Effect.map(jobRows.encode(job), (row) => ({ ...row, due: QueueOrder.dueOf(job) }))

/** The table `runner_connector.runner AS runner`. */
export const runnerRows: Rows<Runner.Runner> = rowsOf("runner", Runner.Runner, ["jobTypes", "labels", "health"])
/** The facts of a runner that a call may change. */
export const contactRows: Rows<JobStore.Beat["runner"]> = rowsOf(
  "runner",
  Runner.Runner.pick("id", "version", "jobTypes", "lastContact"),
  ["jobTypes"]
)
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
