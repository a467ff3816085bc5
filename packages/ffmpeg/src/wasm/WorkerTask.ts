import type { MessagePort } from "node:worker_threads"

/** An input as the worker opens it: a local file, or a source that the main thread reads. */
export type WorkerInput =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly remote: number; readonly size: number }

/** The start data of a worker. */
export interface WorkerTask {
  /** The address of the worker script in `@ffmpeg/ffmpeg`. */
  readonly workerUrl: string
  readonly module: WebAssembly.Module
  readonly port: MessagePort
  /** 8 bytes of control data, then the bytes of one response. */
  readonly shared: SharedArrayBuffer
}

/** A read request that the worker posts before it blocks. */
export interface ReadRequest {
  readonly remote: number
  readonly start: number
  readonly end: number
}
