import { MessageChannel, type MessagePort, type TransferListItem, Worker } from "node:worker_threads"
import type { FFmpeg } from "@ffmpeg/ffmpeg"
import { Deferred, Effect, type Scope } from "effect"
import { FfmpegError } from "../Ffmpeg.ts"
import type { WasmCore } from "./WasmCore.ts"
import type { WorkerTask } from "./WorkerTask.ts"

/** The most bytes of one read through the main thread. */
export const BLOCK = 1024 * 1024

/** A loaded FFmpeg in a thread of its own. */
export interface WorkerThread {
  readonly ffmpeg: FFmpeg
  /** Words of the worker about its inputs come in here. */
  readonly port: MessagePort
  /** 8 bytes of control, then the bytes of one answer. */
  readonly shared: SharedArrayBuffer
  /** Waits for an answer of the class, which itself would wait for ever when the thread has died. */
  readonly answer: <A>(call: (ffmpeg: FFmpeg) => Promise<A>) => Effect.Effect<A, FfmpegError>
}

const crash = (cause: unknown) =>
  new FfmpegError({ program: "ffmpeg", reason: "crash", cause: cause instanceof Error ? cause : new Error(`${cause}`) })

/** The part of a Web Worker that the FFmpeg class uses. */
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

/** The class constructs `new Worker(…)` in the synchronous part of `load`: ours is lent for that moment only. */
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
  // What the host gave node on its command line, such as a loader or --inspect, is not for this thread.
  return { thread: new Worker(url, { workerData, transferList: [port2], execArgv: [] }), port: port1, shared }
}

/** Starts a thread and loads FFmpeg into it (some 60 ms). The thread is gone when the scope has closed. */
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
    thread.once("exit", (code) => Deferred.unsafeDone(died, Effect.fail(crash(`the worker ended (${code})`))))
    const ffmpeg = new core.FFmpeg()
    const answer = <A>(call: (ffmpeg: FFmpeg) => Promise<A>) =>
      Effect.raceFirst(Effect.tryPromise({ try: () => call(ffmpeg), catch: crash }), Deferred.await(died))
    yield* answer(() => loadWith(ffmpeg, thread, core.coreUrl))
    return { ffmpeg, port, shared, answer }
  })
