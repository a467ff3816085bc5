import { DateTime, Option, ParseResult, Schema } from "effect"

/** The original's tables that are imported. The counters of `videojobinfo` are computed anew. */
export const tables = [
  "runnerregistrationtoken",
  "runner",
  "video",
  "videostreamingplaylist",
  "videofile",
  "runnerjob"
] as const
export type Table = (typeof tables)[number]

/** A table in SQL. */
export const nameInSql = (table: Table): string => `"django_peertube_runner_connector_${table}"`

/** Reads a value that drivers represent differently. Undefined is an error. */
const reading = <A, I>(schema: Schema.Schema<A, I>, expected: string, read: (value: unknown) => I | undefined) =>
  Schema.transformOrFail(Schema.Unknown, schema, {
    strict: true,
    decode: (value, _, ast) => {
      const found = read(value)
      return found === undefined
        ? ParseResult.fail(new ParseResult.Type(ast, value, `expected ${expected}`))
        : ParseResult.succeed(found)
    },
    encode: (value) => ParseResult.succeed(value as unknown)
  })

const dashed = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/

/** SQLite has 32 hex digits. */
const Uuid = reading(Schema.UUID, "a UUID", (value) =>
  typeof value === "string" ? value.toLowerCase().replaceAll("-", "").replace(dashed, "$1-$2-$3-$4-$5") : undefined
)

/** SQLite has a text in UTC without a zone. */
const Moment = reading(Schema.DateTimeUtcFromSelf, "a time", (value) => {
  const text = typeof value === "string" ? value.trim().replace(" ", "T") : value
  const zoned = typeof text === "string" && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text
  return typeof zoned === "string" || zoned instanceof Date ? Option.getOrUndefined(DateTime.make(zoned)) : undefined
})

/** PostgreSQL's driver has texts for large numbers. */
const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "bigint" || typeof value === "string" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}
const Whole = reading(Schema.Int, "a whole number", numberOf)
const Amount = reading(Schema.Number, "a number", numberOf)

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** SQLite has a text. What cannot be parsed is absent. */
const Json = Schema.transform(Schema.Unknown, Schema.Unknown, {
  strict: true,
  decode: (value) => (typeof value === "string" ? jsonOf(value) : value),
  encode: (value) => value
})

const Text = Schema.NullOr(Schema.String)

const common = { id: Uuid, createdAt: Moment, updatedAt: Moment }

export const TokenRow = Schema.Struct({ ...common, registrationToken: Schema.NonEmptyString })
export type TokenRow = typeof TokenRow.Type

export const RunnerRow = Schema.Struct({
  ...common,
  runnerToken: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  description: Text,
  lastContact: Schema.NullOr(Moment),
  ip: Text,
  runnerRegistrationToken_id: Uuid
})
export type RunnerRow = typeof RunnerRow.Type

export const JobRow = Schema.Struct({
  ...common,
  uuid: Uuid,
  type: Schema.String,
  payload: Json,
  privatePayload: Json,
  state: Whole,
  failures: Whole,
  error: Text,
  priority: Whole,
  processingJobToken: Text,
  progress: Schema.NullOr(Amount),
  startedAt: Schema.NullOr(Moment),
  finishedAt: Schema.NullOr(Moment),
  dependsOnRunnerJob_id: Schema.NullOr(Uuid),
  runner_id: Schema.NullOr(Uuid)
})
export type JobRow = typeof JobRow.Type

export const VideoRow = Schema.Struct({
  ...common,
  uuid: Uuid,
  state: Whole,
  duration: Schema.NullOr(Amount),
  directory: Schema.String,
  thumbnailFilename: Text,
  transcriptFileName: Text,
  language: Text,
  baseFilename: Text
})
export type VideoRow = typeof VideoRow.Type

export const PlaylistRow = Schema.Struct({ ...common, playlistFilename: Text, video_id: Uuid })

export const FileRow = Schema.Struct({
  ...common,
  resolution: Whole,
  size: Whole,
  extname: Text,
  fps: Whole,
  metadata: Json,
  filename: Schema.NonEmptyString,
  video_id: Uuid,
  streamingPlaylist_id: Schema.NullOr(Uuid)
})
export type FileRow = typeof FileRow.Type
