import { Data, type Effect, Schema, Stream } from "effect"
import type { ByteRange } from "../ports/FileStorage.ts"

/** A spooled upload could not be read back; trying again later may help. */
export class UploadError extends Schema.TaggedError<UploadError>()("UploadError", { cause: Schema.Defect }) {
  override get message(): string {
    return "An uploaded file could not be read back"
  }
}

/**
 * A file that a runner has sent, whole, on this machine's disk. It may be moved away (`FileStorage.adopt`); what is
 * left of it disappears when the work on the request is over.
 */
export class UploadedFile extends Data.Class<{
  readonly path: string
  /** What the sender calls the file; never a name of ours. */
  readonly filename?: string | undefined
  readonly contentType: string
  /** Bytes. */
  readonly size: number
  readonly content: Stream.Stream<Uint8Array, UploadError>
  /** The bytes of a range. */
  readonly read: (range: ByteRange) => Stream.Stream<Uint8Array, UploadError>
}> {
  static readonly schema: Schema.Schema<UploadedFile> = Schema.instanceOf(UploadedFile)
}

/** The whole of a small text file; bytes that are not UTF-8 are replaced. */
export const readText = (file: UploadedFile): Effect.Effect<string, UploadError> =>
  file.content.pipe(Stream.decodeText(), Stream.mkString)
