import type { Readable } from "node:stream"

/**
 * Bytes to store: a Node stream such as a request, a web stream such as `request.body`, a `Blob` or `File` of a form, or
 * any iterable of chunks.
 */
export type Bytes =
  | Readable
  | ReadableStream<Uint8Array>
  | Blob
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | Uint8Array
