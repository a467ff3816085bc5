import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** A command that has ended. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a program with these variables only. Gives its output and its exit code. */
export const runProgram = (
  program: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  words: ReadonlyArray<string>
): Effect.Effect<Ended> =>
  Effect.async((resume) => {
    const all = { PATH: process.env.PATH, HOME: process.env.HOME, ...env }
    const child = spawn(process.execPath, [...program, ...words], { cwd: root, env: all })
    const text = { out: "", err: "" }
    child.stdout.on("data", (chunk) => {
      text.out += chunk
    })
    child.stderr.on("data", (chunk) => {
      text.err += chunk
    })
    child.once("close", (code) => resume(Effect.succeed({ code, ...text })))
    return Effect.sync(() => child.kill())
  })

/** Runs a command of the bundled server with these variables. Gives its output and its exit code. */
export const runCli = (env: Readonly<Record<string, string>>, words: ReadonlyArray<string>): Effect.Effect<Ended> =>
  runProgram(["scripts/run.mjs", "cli"], env, words)
