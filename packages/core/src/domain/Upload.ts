import { Schema } from "effect"
import { FileKey } from "./FileKey.ts"

/**
 * A file that is being stored and that no video refers to yet. The record is written before the first byte is stored,
 * and removed in the write that makes a video or a job refer to the file.
 */
export const Upload = Schema.Struct({
  key: FileKey,
  /** The file is removed: no video may refer to it. The record stays for a while, because a late write may follow. */
  abandoned: Schema.Boolean,
  createdAt: Schema.DateTimeUtcFromDate,
  /** The last sign of life of the process that stores the file, or the moment at which the upload was abandoned. */
  updatedAt: Schema.DateTimeUtcFromDate
})
export type Upload = typeof Upload.Type

/** The folder of the pieces of a file that is stored in many requests. They are removed together with the upload. */
export const piecesOf = (key: FileKey): FileKey => FileKey.make(`${key}.pieces`)
