import type { FileSystem } from "@effect/platform"
import { isPlatformError } from "@effect/platform/Error"
import { UploadedFile } from "@runner-connector/core"
import { Effect, Stream } from "effect"
import type { Spool } from "./Spool.ts"

/** Bytes of a range that are read at once. Each piece costs more than its bytes do, and an hour of audio has 30 MB. */
const PIECE = 1024 ** 2

/** A spooled file as an upload that job types can read. */
export const spooledFile = (
  spool: Pick<Spool, "edit" | "read">,
  file: Pick<UploadedFile.UploadedFile, "contentType" | "filename" | "path" | "size">
): UploadedFile.UploadedFile => {
  const unreadable = (cause: unknown) => new UploadedFile.UploadError({ cause })
  const read = (options?: FileSystem.StreamOptions) => Stream.mapError(spool.read(file.path, options), unreadable)
  return new UploadedFile.UploadedFile({
    ...file,
    content: read(),
    read: ({ end, start }) => {
      const length = end - start + 1
      return read({ offset: start, bytesToRead: length, chunkSize: Math.min(length, PIECE) })
    },
    edited: (edits) =>
      spool.edit(file.path, edits).pipe(Effect.catchIf(isPlatformError, unreadable), Effect.as(file.path))
  })
}
