import { createReadStream } from "node:fs"
import { Readable } from "node:stream"
import type { ReadableStream as NodeReadableStream } from "node:stream/web"
import { Effect, Stream } from "effect"
import type { Bytes } from "./api/Bytes.ts"
import { InvalidRequest, StreamFailed } from "./errors/index.ts"

const failed = (cause: unknown): StreamFailed =>
  new StreamFailed({
    message: `The stream ended with an error: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause
  })

async function* chunksOf(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (chunk instanceof Uint8Array) yield chunk
    else if (typeof chunk === "string") yield Buffer.from(chunk)
    else throw new TypeError("a chunk is neither bytes nor text")
  }
}

const isIterable = (value: object): value is AsyncIterable<unknown> | Iterable<unknown> =>
  Symbol.asyncIterator in value || Symbol.iterator in value

const iterableOf = (bytes: Bytes): AsyncIterable<unknown> | Iterable<unknown> | undefined => {
  if (bytes instanceof Uint8Array) return [bytes]
  if (bytes instanceof Blob) return Readable.fromWeb(bytes.stream() as NodeReadableStream)
  if (bytes instanceof ReadableStream) return Readable.fromWeb(bytes as NodeReadableStream)
  return typeof bytes === "object" && bytes !== null && isIterable(bytes) ? bytes : undefined
}

/** The name of a `File` of a form. */
export const nameOf = (bytes: Bytes): string | undefined =>
  bytes instanceof Blob && "name" in bytes && typeof bytes.name === "string" ? bytes.name : undefined

/** A Node stream that has been read before, or has failed, would look like an empty one. */
const isUsed = (bytes: unknown): boolean =>
  bytes instanceof Readable && (bytes.readableDidRead || bytes.destroyed || bytes.readableEnded)

/** The bytes as a stream of the core. An error of the source fails it with `StreamFailed`. */
export const streamOf = (bytes: Bytes): Stream.Stream<Uint8Array, StreamFailed | InvalidRequest> => {
  if (isUsed(bytes))
    return Stream.fail(
      failed(bytes instanceof Readable ? (bytes.errored ?? new Error("it was read before")) : undefined)
    )
  const source = iterableOf(bytes)
  return source === undefined
    ? Stream.fail(new InvalidRequest({ message: "stream: expected a stream, a Blob, or an iterable of bytes" }))
    : Stream.fromAsyncIterable(chunksOf(source), failed)
}

/** The bytes of a local file. */
export const streamOfFile = (path: string): Stream.Stream<Uint8Array, StreamFailed> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => createReadStream(path)),
        (file) => Effect.sync(() => file.destroy())
      ),
      (file) => Stream.fromAsyncIterable(chunksOf(file), failed)
    )
  )
