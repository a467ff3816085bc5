import type { ChildProcess } from "node:child_process"
import type { FFmpeg } from "@ffmpeg/ffmpeg"
import { Deferred, Effect, type Scope } from "effect"
import { FfmpegError } from "../Ffmpeg.ts"
import type { WasmCore } from "./WasmCore.ts"
import { listen, send, type WasmProcesses } from "./WasmProcesses.ts"
import type { ReadRequest } from "./WasmTask.ts"

/** A loaded FFmpeg in a process that has no other call. */
export interface WasmProcess {
  readonly ffmpeg: FFmpeg
  /** Receives the read requests of the process. */
  readonly onRead: (listener: (request: ReadRequest) => void) => void
  /** Answers the last read request. No bytes mean that the range could not be read. */
  readonly answerRead: (bytes: Uint8Array | undefined) => void
  /** Waits for a response of the class and fails when the process dies. The class itself would wait forever. */
  readonly answer: <A>(call: (ffmpeg: FFmpeg) => Promise<A>) => Effect.Effect<A, FfmpegError>
}

const crash = (cause: unknown) =>
  new FfmpegError({ program: "ffmpeg", reason: "crash", cause: cause instanceof Error ? cause : new Error(`${cause}`) })

/** The part of the Web Worker interface that the FFmpeg class uses. */
class WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  readonly child: ChildProcess

  constructor(child: ChildProcess) {
    this.child = child
    listen(child, (data) => {
      if ("message" in data) this.onmessage?.({ data: data.message })
    })
  }

  postMessage(message: unknown): void {
    send(this.child, { message })
  }

  terminate(): void {
    this.child.kill("SIGKILL")
  }
}

/**
 * The class calls `new Worker(…)` in the synchronous part of `load`. The global `Worker` is replaced only for that
 * call.
 */
const loadWith = (ffmpeg: FFmpeg, child: ChildProcess, coreUrl: string): Promise<unknown> => {
  const before = Object.getOwnPropertyDescriptor(globalThis, "Worker")
  class LentWorker extends WebWorker {
    constructor() {
      super(child)
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

/** Fails when the process or the thread of the call ends. */
const watch = (child: ChildProcess, died: Deferred.Deferred<never, FfmpegError>): void => {
  const fail = (cause: unknown) => Deferred.unsafeDone(died, Effect.fail(crash(cause)))
  child.once("error", fail)
  child.once("exit", (code, signal) => fail(`the process of ffmpeg.wasm ended (${signal ?? `exit code ${code}`})`))
  listen(child, (data) => {
    if ("died" in data) fail(data.died)
  })
}

/** Takes a process and loads FFmpeg into a thread of it. The process is given back when the scope closes. */
export const make = (core: WasmCore, processes: WasmProcesses): Effect.Effect<WasmProcess, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(
      Effect.try({ try: () => processes.take(core), catch: crash }),
      processes.giveBack
    )
    const died = yield* Deferred.make<never, FfmpegError>()
    watch(child, died)
    send(child, { start: true })
    const ffmpeg = new core.FFmpeg()
    const answer = <A>(call: (ffmpeg: FFmpeg) => Promise<A>) =>
      Effect.raceFirst(Effect.tryPromise({ try: () => call(ffmpeg), catch: crash }), Deferred.await(died))
    yield* answer(() => loadWith(ffmpeg, child, core.coreUrl))
    const onRead = (listener: (request: ReadRequest) => void) =>
      listen(child, (data) => {
        if ("read" in data) listener(data.read)
      })
    return { ffmpeg, onRead, answerRead: (bytes) => send(child, { bytes }), answer }
  })
