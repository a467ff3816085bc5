import type { MessagePort } from "node:worker_threads"

/** An input as the thread opens it: a local file, or a source that this process reads. */
export type ThreadInput =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly remote: number; readonly size: number }

/** The locations that a child process needs, as its only argument. */
export interface WasmFiles {
  /** The address of the worker script in `@ffmpeg/ffmpeg`. */
  readonly workerUrl: string
  /** The address of the compiled core. */
  readonly wasmUrl: string
  /** Maximum size in bytes of one read of a remote input. */
  readonly block: number
}

/** The start data of the thread of a call. */
export interface ThreadTask extends Pick<WasmFiles, "workerUrl" | "block"> {
  readonly module: WebAssembly.Module
  /** Carries the reads of remote inputs. */
  readonly port: MessagePort
  /** 8 bytes of control data, then the bytes of one response. */
  readonly shared: SharedArrayBuffer
}

/** A read request that the thread posts before it blocks. */
export interface ReadRequest {
  readonly remote: number
  readonly start: number
  readonly end: number
}

/**
 * A message from the child process, which sends several at once: one of the FFmpeg class's worker, a read, the
 * unexpected end of the thread, or its end by `stop`.
 */
export type FromChild =
  | { readonly message: unknown }
  | { readonly read: ReadRequest }
  | { readonly died: string }
  | { readonly stopped: true }

/**
 * A message to the child process. `start` creates the thread of a call and `stop` ends it. No bytes mean that the range
 * could not be read.
 */
export type ToChild =
  | { readonly start: true }
  | { readonly message: unknown }
  | { readonly bytes: Uint8Array | undefined }
  | { readonly stop: true }
