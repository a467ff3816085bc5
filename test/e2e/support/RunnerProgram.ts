import { spawn } from "node:child_process"
import { Deferred, Effect, Exit, type Scope } from "effect"
import type { End } from "./ExampleServer.ts"
import { loggedSecrets } from "./loggedSecrets.ts"
import { descendants, end } from "./processes.ts"
import { until } from "./waiting.ts"

/** The program of the runner in its own process. */
export interface RunnerProgram {
  readonly pid: number
  /** Its output so far. */
  readonly log: Effect.Effect<string>
  readonly ended: Effect.Effect<End>
  readonly send: (signal: NodeJS.Signals) => Effect.Effect<void>
}

const inherited = ["PATH", "HOME", "LANG", "TMPDIR"]

/** Fails the test when the output contains a token. */
const assertNoSecrets = (chunks: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const found = loggedSecrets(chunks.join(""), { dataDir: "" })
    return found.length === 0 ? Effect.void : Effect.dieMessage(`The runner has logged tokens: ${found.join(", ")}`)
  })

/** Starts the program with these arguments. It is killed with the scope at the latest. Its log must contain no token. */
export const launch = (
  program: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
): Effect.Effect<RunnerProgram, never, Scope.Scope> =>
  Effect.gen(function* () {
    const chunks: Array<string> = []
    const finished = yield* Deferred.make<End>()
    // Runs after the end of the process, which closes later.
    yield* Effect.addFinalizer(() => assertNoSecrets(chunks))
    const own = Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(process.execPath, [program, ...args], {
          env: { ...own, ...env },
          stdio: ["ignore", "pipe", "pipe"]
        })
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text))
        }
        child.once("close", (code, signal) => Deferred.unsafeDone(finished, Effect.succeed({ code, signal })))
        return child
      }),
      ({ exitCode, pid = 0, signalCode }, exit) =>
        Effect.gen(function* () {
          if (Exit.isFailure(exit)) console.error(`The runner printed:\n${chunks.join("")}`)
          if (exitCode === null && signalCode === null) for (const one of [...descendants(pid), pid]) end(one)
          yield* Deferred.await(finished)
        })
    )
    return {
      pid: child.pid ?? 0,
      log: Effect.sync(() => chunks.join("")),
      ended: Deferred.await(finished),
      send: (signal) => Effect.sync(() => void child.kill(signal))
    }
  })

/** Waits until the output matches. */
export const printed = (runner: RunnerProgram, pattern: RegExp): Effect.Effect<string> =>
  until(`the runner prints ${pattern}`, runner.log, (log) => pattern.test(log))
