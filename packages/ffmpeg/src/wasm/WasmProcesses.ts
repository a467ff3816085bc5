import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect, Exit, type Scope } from "effect"
import { kill } from "../ChildProgram.ts"
import { childEnvironment } from "../native/childEnvironment.ts"
import type { WasmCore } from "./WasmCore.ts"
import type { FromChild, ToChild, WasmFiles } from "./WasmTask.ts"

/** Maximum size in bytes of one read of a remote input. */
export const BLOCK = 1024 * 1024

/** A process keeps some 80 MB of memory while it waits for its next call. */
const IDLE = "10 seconds"

/** The core is trusted, and the validation of all its functions takes most of the start. */
const execArgv = ["--wasm-lazy-validation"]

const start = ({ workerUrl, wasmUrl }: WasmCore): ChildProcess => {
  const files: WasmFiles = { workerUrl, wasmUrl, block: BLOCK }
  const child = fork(fileURLToPath(new URL("./process.mjs", import.meta.url)), [JSON.stringify(files)], {
    execArgv,
    env: childEnvironment(),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"]
  })
  return withoutListeners(child)
}

/**
 * Removes the listeners of a call, which would add up over the calls of a process. Without any listener, an error of the
 * process, such as a failure to start, would be thrown in the host.
 */
const withoutListeners = (child: ChildProcess): ChildProcess => {
  for (const event of ["message", "exit", "error"]) child.removeAllListeners(event)
  return child.on("error", () => undefined)
}

/** A failure to send means that the process has ended, which its event reports. */
export const send = (child: ChildProcess, data: ToChild): void => {
  if (child.connected) child.send(data, () => undefined)
}

export const listen = (child: ChildProcess, listener: (data: FromChild) => void): void => {
  child.on("message", (messages: ReadonlyArray<FromChild>) => messages.forEach(listener))
}

/** Ends the thread of a call. Returns whether the process can take another call. */
const stopThread = (child: ChildProcess): Effect.Effect<boolean> =>
  Effect.async<boolean>((resume) => {
    if (!child.connected) return resume(Effect.succeed(false))
    child.once("exit", () => resume(Effect.succeed(false)))
    listen(child, (data) => {
      if ("stopped" in data) resume(Effect.succeed(true))
    })
    send(child, { stop: true })
  })

/** A waiting process does not keep the host alive. */
const setWaiting = (child: ChildProcess, waiting: boolean): void => {
  if (waiting) withoutListeners(child).unref()
  else child.ref()
  if (waiting) child.channel?.unref()
  else child.channel?.ref()
}

/** The processes of ffmpeg.wasm. */
export interface WasmProcesses {
  /** Returns a process without a call, a new one if none is waiting. */
  readonly take: (core: WasmCore) => ChildProcess
  /** Keeps the process for the next call, or kills it when its call failed or was interrupted. */
  readonly giveBack: (child: ChildProcess, exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** Keeps processes for some seconds after a call. All of them end with the scope, or with the host if it is killed. */
export const make: Effect.Effect<WasmProcesses, never, Scope.Scope> = Effect.gen(function* () {
  const scope = yield* Effect.scope
  let waiting: ReadonlyArray<ChildProcess> = []
  let isClosed = false
  const killWaiting = (which: (child: ChildProcess) => boolean) =>
    Effect.suspend(() => {
      const ending = waiting.filter(which)
      waiting = waiting.filter((child) => !ending.includes(child))
      return Effect.forEach(ending, (child) => kill(child), { concurrency: "unbounded", discard: true })
    })
  yield* Effect.addFinalizer(() => {
    isClosed = true
    return killWaiting(() => true)
  })

  const keep = (child: ChildProcess) =>
    Effect.suspend(() => {
      setWaiting(child, true)
      waiting = [...waiting, child]
      const end = killWaiting((one) => one === child)
      // The release of a call is uninterruptible, and its fibers would be so too.
      return Effect.asVoid(Effect.forkIn(Effect.interruptible(Effect.delay(end, IDLE)), scope))
    })

  return {
    take: (core) => {
      const child = waiting.find(({ connected }) => connected)
      waiting = waiting.filter((one) => one !== child && one.connected)
      if (child === undefined) return start(core)
      setWaiting(child, false)
      return child
    },
    giveBack: (child, exit) =>
      Effect.flatMap(Exit.isSuccess(exit) && !isClosed ? stopThread(child) : Effect.succeed(false), (isUsable) =>
        isUsable && !isClosed ? keep(child) : kill(child)
      )
  }
})
