import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { FFmpeg } from "@ffmpeg/ffmpeg"
import { Deferred, Effect, type Scope } from "effect"
import { kill } from "../ChildProgram.ts"
import { FfmpegError } from "../Ffmpeg.ts"
import { childEnvironment } from "../native/childEnvironment.ts"
import type { WasmCore } from "./WasmCore.ts"
import type { FromChild, ReadRequest, ToChild, WasmFiles } from "./WasmTask.ts"

/** Maximum size in bytes of one read of a remote input. */
export const BLOCK = 1024 * 1024

/** A loaded FFmpeg in its own process. */
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

/** A failure to send means that the process has ended, which its event reports. */
const send = (child: ChildProcess, data: ToChild): void => {
  if (child.connected) child.send(data, () => undefined)
}

const listen = (child: ChildProcess, listener: (data: FromChild) => void): void => {
  child.on("message", (messages: ReadonlyArray<FromChild>) => messages.forEach(listener))
}

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

/** The core is trusted, and validation of all its functions takes four times as long as the rest of the start. */
const execArgv = ["--wasm-lazy-validation"]

const start = ({ workerUrl, wasmUrl }: WasmCore): ChildProcess => {
  const files: WasmFiles = { workerUrl, wasmUrl, block: BLOCK }
  return fork(fileURLToPath(new URL("./process.mjs", import.meta.url)), [JSON.stringify(files)], {
    execArgv,
    env: childEnvironment(),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"]
  })
}

/**
 * Starts a process and loads FFmpeg into it, which takes about 150 ms. The process is killed when the scope closes, and
 * ends by itself when this process dies. A crash of V8 ends the process, and only its call fails.
 */
export const make = (core: WasmCore): Effect.Effect<WasmProcess, FfmpegError, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* Effect.acquireRelease(Effect.try({ try: () => start(core), catch: crash }), (child) =>
      kill(child)
    )
    const died = yield* Deferred.make<never, FfmpegError>()
    const fail = (cause: unknown) => Deferred.unsafeDone(died, Effect.fail(crash(cause)))
    child.on("error", fail)
    child.once("exit", (code, signal) => fail(`the process of ffmpeg.wasm ended (${signal ?? `exit code ${code}`})`))
    listen(child, (data) => {
      if ("died" in data) fail(data.died)
    })
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
