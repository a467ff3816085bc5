import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { bundled } from "../../scripts/bundle.mjs"

/** A benchmark program in its own process, so that its memory is measured separately. */
export interface Child<Ready> {
  readonly ready: Ready
  readonly pid: number
  /** Sends the message and resolves with the answer of this kind. */
  readonly ask: (kind: string, message: unknown) => Promise<unknown>
  /** The peak resident memory in MiB. */
  readonly peakMemory: () => Promise<number>
  readonly stop: () => Promise<void>
}

const answerTo = async (child: ChildProcess, kind: string): Promise<unknown> => {
  for (;;) {
    const [message] = (await once(child, "message")) as [{ readonly kind: string; readonly value: unknown }]
    if (message.kind === kind) return message.value
  }
}

/** The folder for CPU profiles of the programs. None are written when it is left out. */
const PROFILES = process.env.PROFILES

/** Starts the program and waits until it reports that it is ready. */
export const start = async <Ready>(file: string, env: Readonly<Record<string, string>>): Promise<Child<Ready>> => {
  const child = fork(await bundled(fileURLToPath(new URL(file, import.meta.url))), {
    ...(PROFILES === undefined ? {} : { execArgv: ["--cpu-prof", `--cpu-prof-dir=${PROFILES}`] }),
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"]
  })
  const died = once(child, "exit").then(([code, signal]) => {
    throw new Error(`${file} ended with ${code ?? signal} before it was stopped`)
  })
  const ready = (await Promise.race([answerTo(child, "ready"), died])) as Ready
  let isStopping = false
  died.catch((error: Error) => {
    if (!isStopping) process.stderr.write(`${error.message}\n`)
  })
  const ask = (kind: string, message: unknown) => {
    const answer = answerTo(child, kind)
    child.send(message as Parameters<ChildProcess["send"]>[0])
    return Promise.race([answer, died])
  }
  return {
    ready,
    pid: child.pid ?? 0,
    ask,
    peakMemory: async () => Math.round(((await ask("memory", "memory")) as number) / 1024),
    stop: async () => {
      isStopping = true
      const exited = once(child, "exit")
      child.kill("SIGTERM")
      await exited
    }
  }
}

/** The child's side: reports that it is ready and answers memory queries. */
export const sayReady = (value: unknown): void => {
  process.on("message", (message) => {
    if (message === "memory") process.send?.({ kind: "memory", value: process.resourceUsage().maxRSS })
  })
  // A benchmark that fails must not leave its programs behind.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"))
  process.send?.({ kind: "ready", value })
}
