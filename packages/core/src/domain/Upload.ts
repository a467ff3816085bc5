import { Schema } from "effect"
import { FileKey } from "./FileKey.ts"

/**
 * A file that is being stored and that no video refers to yet. The record is written before the first byte is stored,
 * and removed in the write that makes a video or a job refer to the file.
 */
export const Upload = Schema.Struct({
  key: FileKey,
  /** The file is being removed: no video may refer to it. */
  abandoned: Schema.Boolean,
  createdAt: Schema.DateTimeUtcFromDate,
  /** The last sign of life of the process that stores the file. */
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Upload = typeof Upload.Type
