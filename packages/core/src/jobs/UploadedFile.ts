import { Data, type Effect, Schema, Stream } from "effect"
import type { Patch } from "../domain/mp4/index.ts"
import type { ByteRange } from "../ports/FileStorage.ts"

/** A spooled upload could not be read. Retrying later may help. */
export class UploadError extends Schema.TaggedError<UploadError>()("UploadError", { cause: Schema.Defect }) {
  override get message(): string {
    return "An uploaded file could not be read back"
  }
}

/**
 * A complete file from a runner on the local disk. It may be moved (`FileStorage.adopt`). Otherwise it is deleted after
 * the request.
 */
export class UploadedFile extends Data.Class<{
  readonly path: string
  /** The name from the sender. Never used as a name in storage. */
  readonly filename?: string | undefined
  readonly contentType: string
  /** Bytes. */
  readonly size: number
  readonly content: Stream.Stream<Uint8Array, UploadError>
  /** The bytes of a range. */
  readonly read: (range: ByteRange) => Stream.Stream<Uint8Array, UploadError>
  /**
   * Makes the changes and returns the path of the changed file, which may be moved. All changes are made or none, even if
   * the process is killed.
   */
  readonly edited: <E>(edits: Stream.Stream<Patch, E>) => Effect.Effect<string, E | UploadError>
}> {
  static readonly schema: Schema.Schema<UploadedFile> = Schema.instanceOf(UploadedFile)
}

/** The content of a small text file. Invalid UTF-8 is replaced. */
export const readText = (file: UploadedFile): Effect.Effect<string, UploadError> =>
  file.content.pipe(Stream.decodeText(), Stream.mkString)
