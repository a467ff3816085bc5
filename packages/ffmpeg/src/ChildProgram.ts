import { type ChildProcess, spawn } from "node:child_process"
import { constants, setPriority } from "node:os"
import { Effect } from "effect"
import { childEnvironment } from "./native/childEnvironment.ts"
import { confine } from "./native/confine.ts"

/** A program to run without stdin. Its arguments are not interpreted by a shell. */
export interface ChildProgram {
  /** A name on PATH, or a path. */
  readonly command: string
  readonly arguments: ReadonlyArray<string>
  /** Variables added to the minimal environment (PATH, HOME, locale, temporary folder, proxy). */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Limit on the address space in bytes. Enforced on Linux only. */
  readonly memoryLimit?: number | undefined
  /** Gives it a lower priority than other programs, where the system allows that. False by default. */
  readonly isBackground?: boolean | undefined
  /** On interruption, also kills the processes that the program has started. */
  readonly ownGroup?: boolean | undefined
  /** Receives stdout in chunks as they arrive. `stop` kills the program. */
  readonly onStdout: (text: string, stop: () => void) => void
  /** Receives stderr in chunks as they arrive. */
  readonly onStderr: (text: string) => void
}

/** The exit code or the signal of an ended program. One of the two is null. */
export interface Exit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that hangs in the kernel does not end when it is killed. This limits the wait for its exit. */
const KILL_WAIT = 2000

const start = (program: ChildProgram): ChildProcess => {
  const env = childEnvironment(program.env)
  const invocation = { file: program.command, arguments: program.arguments }
  const { arguments: args, file } = confine(invocation, env.PATH ?? "", program.memoryLimit)
  const detached = program.ownGroup === true && process.platform !== "win32"
  return spawn(file, [...args], { stdio: ["ignore", "pipe", "pipe"], windowsHide: true, env, detached })
}

const lower = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or the system does not allow it: it runs with the usual priority.
  }
}

const sendKill = (child: ChildProcess, group: boolean): void => {
  try {
    if (group && child.pid !== undefined && process.platform !== "win32") process.kill(-child.pid, "SIGKILL")
    else child.kill("SIGKILL")
  } catch {
    // The process group has already ended.
  }
}

/** Kills the program and waits until its output streams are closed. */
export const kill = (child: ChildProcess, group = false): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    const enough = setTimeout(() => resume(Effect.void), KILL_WAIT)
    child.once("close", () => {
      clearTimeout(enough)
      resume(Effect.void)
    })
    sendKill(child, group)
  })

/**
 * Runs a program to its end in a minimal environment. Only the owner can read the files that it writes, on systems with
 * a POSIX shell. Interruption kills the program, even if a signal has stopped it. Fails with the cause when the program
 * cannot be started.
 */
export const run = (program: ChildProgram): Effect.Effect<Exit, unknown> =>
  Effect.async<Exit, unknown>((resume) => {
    let child: ChildProcess
    try {
      child = start(program)
    } catch (cause) {
      return resume(Effect.fail(cause))
    }
    if (program.isBackground === true) lower(child)
    const stop = () => sendKill(child, program.ownGroup === true)
    child.stdout?.setEncoding("utf8").on("data", (text: string) => program.onStdout(text, stop))
    child.stderr?.setEncoding("utf8").on("data", program.onStderr)
    child.once("error", (cause) => resume(Effect.fail(cause)))
    child.once("close", (exitCode, signal) => resume(Effect.succeed({ exitCode, signal })))
    return kill(child, program.ownGroup === true)
  })
