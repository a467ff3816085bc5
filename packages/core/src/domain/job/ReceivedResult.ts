import { Schema } from "effect"

/** A file of a result, on the disk of the server that received it. */
export const ReceivedFile = Schema.Struct({
  /** The absolute path on that server. */
  path: Schema.String,
  filename: Schema.NullOr(Schema.String),
  contentType: Schema.String,
  /** Bytes. */
  size: Schema.Int
})
export type ReceivedFile = typeof ReceivedFile.Type

/**
 * A result as it was received, written together with the state Completing. A server that still has the files continues
 * to store the result after a crash.
 */
export const ReceivedResult = Schema.Struct({
  /** The members of the result that are no files. */
  fields: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  /** The files, by the names of their members. */
  files: Schema.Record({ key: Schema.String, value: ReceivedFile })
})
export type ReceivedResult = typeof ReceivedResult.Type
