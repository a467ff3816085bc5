import type { MessagePort } from "node:worker_threads"

/** An input as the worker opens it: a file of this machine, or one that is read through the main thread. */
export type WorkerInput =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly remote: number; readonly size: number }

/** What a worker is started with. */
export interface WorkerTask {
  /** The address of `@ffmpeg/ffmpeg`'s own worker. */
  readonly workerUrl: string
  readonly module: WebAssembly.Module
  readonly port: MessagePort
  /** 8 bytes of control, then the bytes of one answer. */
  readonly shared: SharedArrayBuffer
}

/** What the worker asks for on its port before it falls asleep. */
export interface ReadRequest {
  readonly remote: number
  readonly start: number
  readonly end: number
}
