import { FileSystem, HttpBody } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Stream } from "effect"
import { randomHex } from "../random.ts"

/** A file in a form. The names are chosen by this package and need no escaping. */
export interface FilePart {
  readonly field: string
  readonly fileName: string
  readonly contentType: string
  readonly path: string
}

/** A short file in memory. */
export interface TextPart {
  readonly field: string
  readonly fileName: string
  readonly contentType: string
  readonly content: string
}

export interface Form {
  /** Sent in this order before all files, so that a server can check the tokens before the first file byte. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>
  readonly files: ReadonlyArray<FilePart | TextPart>
}

const CHUNK_SIZE = 256 * 1024

const encoder = new TextEncoder()

/** Creates a multipart body of known length. Its files are read while the body is sent. */
export const make = (form: Form): Effect.Effect<HttpBody.Stream, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const boundary = `${"-".repeat(26)}${yield* randomHex(24)}`
    const text = (content: string) => {
      const bytes = encoder.encode(content)
      return { size: bytes.length, bytes: Stream.succeed(bytes) }
    }
    const field = ([name, value]: Form["fields"][number]) =>
      text(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    const content = (part: FilePart | TextPart) =>
      "content" in part
        ? Effect.succeed(text(part.content))
        : Effect.map(fs.stat(part.path), ({ size }) => ({
            size: Number(size),
            bytes: fs.stream(part.path, { chunkSize: CHUNK_SIZE, bytesToRead: size })
          }))
    const file = (part: FilePart | TextPart) =>
      Effect.map(content(part), (bytes) => [
        text(
          `--${boundary}\r\nContent-Disposition: form-data; name="${part.field}"; filename="${part.fileName}"\r\n` +
            `Content-Type: ${part.contentType}\r\n\r\n`
        ),
        bytes,
        text("\r\n")
      ])
    const files = yield* Effect.forEach(form.files, file)
    const pieces = [...form.fields.map(field), ...files.flat(), text(`--${boundary}--\r\n`)]
    return HttpBody.stream(
      pieces.reduce<Stream.Stream<Uint8Array, PlatformError>>(
        (all, { bytes }) => Stream.concat(all, bytes),
        Stream.empty
      ),
      `multipart/form-data; boundary=${boundary}`,
      pieces.reduce((sum, { size }) => sum + size, 0)
    )
  })
