import type { FileSystem } from "@effect/platform"
import { UploadedFile } from "@runner-connector/core"
import { Stream } from "effect"
import type { Spool } from "./Spool.ts"

/** A spooled file as an upload that job types can read. */
export const spooledFile = (
  spool: Pick<Spool, "read">,
  file: Pick<UploadedFile.UploadedFile, "contentType" | "filename" | "path" | "size">
): UploadedFile.UploadedFile => {
  const read = (options?: FileSystem.StreamOptions) =>
    Stream.mapError(spool.read(file.path, options), (cause) => new UploadedFile.UploadError({ cause }))
  return new UploadedFile.UploadedFile({
    ...file,
    content: read(),
    read: ({ end, start }) => read({ offset: start, bytesToRead: end - start + 1 })
  })
}
