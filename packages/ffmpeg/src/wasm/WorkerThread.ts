import { MessageChannel, type MessagePort, type TransferListItem, Worker } from "node:worker_threads"
import type { FFmpeg } from "@ffmpeg/ffmpeg"
import { Deferred, Effect, type Scope } from "effect"
import { FfmpegError } from "../Ffmpeg.ts"
import type { WasmCore } from "./WasmCore.ts"
import type { WorkerTask } from "./WorkerTask.ts"

/** Maximum size in bytes of one read through the main thread. */
export const BLOCK = 1024 * 1024

/** A loaded FFmpeg in its own thread. */
export interface WorkerThread {
  readonly ffmpeg: FFmpeg
  /** Receives the worker's read requests. */
  readonly port: MessagePort
  /** 8 bytes of control data, then the bytes of one response. */
  readonly shared: SharedArrayBuffer
  /** Waits for a response of the class and fails when the thread dies. The class itself would wait forever. */
  readonly answer: <A>(call: (ffmpeg: FFmpeg) => Promise<A>) => Effect.Effect<A, FfmpegError>
}

const crash = (cause: unknown) =>
  new FfmpegError({ program: "ffmpeg", reason: "crash", cause: cause instanceof Error ? cause : new Error(`${cause}`) })

/** The part of the Web Worker interface that the FFmpeg class uses. */
class WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  readonly thread: Worker

  constructor(thread: Worker) {
    this.thread = thread
    thread.on("message", (data) => this.onmessage?.({ data }))
  }

  postMessage(data: unknown, transfer?: ReadonlyArray<TransferListItem>): void {
    this.thread.postMessage(data, transfer)
  }

  terminate(): void {
    void this.thread.terminate()
  }
}

/**
 * The class calls `new Worker(…)` in the synchronous part of `load`. The global `Worker` is replaced only for that
 * call.
 */
const loadWith = (ffmpeg: FFmpeg, thread: Worker, coreUrl: string): Promise<unknown> => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "Worker")
  class LentWorker extends WebWorker {
    constructor() {
      super(thread)
    }
  }
  Object.defineProperty(globalThis, "Worker", { configurable: true, writable: true, value: LentWorker })
  try {
    return ffmpeg.load({ coreURL: coreUrl })
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, "Worker")
    else Object.defineProperty(globalThis, "Worker", before)
  }
}

const start = (core: WasmCore): { thread: Worker; port: MessagePort; shared: SharedArrayBuffer } => {
  const { port1, port2 } = new MessageChannel()
  const shared = new SharedArrayBuffer(8 + BLOCK)
  const workerData: WorkerTask = { workerUrl: core.workerUrl, module: core.module, port: port2, shared }
  const url = new URL("./worker.mjs", import.meta.url)
  // Node options of the host, such as a loader or --inspect, do not apply to this thread.
  return { thread: new Worker(url, { workerData, transferList: [port2], execArgv: [] }), port: port1, shared }
}

/**
 * Starts a thread and loads FFmpeg into it, which takes about 60 ms. The thread is terminated when the scope closes.
 */
export const make = (core: WasmCore): Effect.Effect<WorkerThread, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const { port, shared, thread } = yield* Effect.acquireRelease(
      Effect.try({ try: () => start(core), catch: crash }),
      ({ port, thread }) =>
        Effect.zipRight(
          Effect.promise(() => thread.terminate()),
          Effect.sync(() => port.close())
        )
    )
    const died = yield* Deferred.make<never, FfmpegError>()
    thread.once("error", (cause) => Deferred.unsafeDone(died, Effect.fail(crash(cause))))
    thread.once("exit", (code) => Deferred.unsafeDone(died, Effect.fail(crash(`the worker exited with code ${code}`))))
    const ffmpeg = new core.FFmpeg()
    const answer = <A>(call: (ffmpeg: FFmpeg) => Promise<A>) =>
      Effect.raceFirst(Effect.tryPromise({ try: () => call(ffmpeg), catch: crash }), Deferred.await(died))
    yield* answer(() => loadWith(ffmpeg, thread, core.coreUrl))
    return { ffmpeg, port, shared, answer }
  })
