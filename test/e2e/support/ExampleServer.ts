import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Deferred, Effect, Exit, type Scope } from "effect"
import { copyDatabase } from "../../fixtures/cluster.ts"
import { loggedSecrets } from "./loggedSecrets.ts"
import { descendants, end, survivors } from "./processes.ts"
import { until } from "./waiting.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))

export interface ServerOptions {
  readonly port: number
  readonly dataDir: string
  /** More variables than `PORT`, `DATA_DIR` and `PATH`. The environment of the test is not passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Starts the server by `npm start`, in a process group of its own. The number of the group is that of npm's process. */
  readonly npm?: boolean
}

/** The end of a process. One of both is null. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The bundled server in its own process. */
export interface ExampleServer {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Its output so far. */
  readonly log: Effect.Effect<string>
  /** Waits for its end. */
  readonly ended: Effect.Effect<End>
  /** Kills it. Its PostgreSQL ends a moment later. */
  readonly kill: Effect.Effect<End>
  /** Sends the signal and waits for its end. */
  readonly stop: (signal?: "SIGTERM" | "SIGINT") => Effect.Effect<End>
  /** Its child processes and their children, optionally of one program only. */
  readonly children: (program?: string) => Effect.Effect<ReadonlyArray<number>>
}

const inherited = ["PATH", "HOME", "LANG", "TMPDIR"]

const environment = ({ dataDir, env, port }: ServerOptions): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  PORT: String(port),
  DATA_DIR: dataDir,
  // Most tests do not expect storyboard jobs.
  STORYBOARDS: "off",
  // Tests send more unauthenticated requests than the default allows.
  RUNNER_RATE_LIMIT: "0",
  ...env
})

const postgresFile = (dataDir: string): string => join(dataDir, "postgres", "data", "postmaster.pid")

/** The process number in the pid file of the data. A killed PostgreSQL leaves that file. */
export const postgresOf = (dataDir: string): ReadonlyArray<number> => {
  try {
    return [Number.parseInt(readFileSync(postgresFile(dataDir), "utf8"), 10)]
  } catch {
    return []
  }
}

/** Kills the server and processes that an earlier kill has left. */
const endAll = (child: ChildProcess, dataDir: string): void => {
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  const own = hasEnded || child.pid === undefined ? [] : [child.pid]
  const roots = [...own, ...postgresOf(dataDir)]
  for (const pid of roots.flatMap((root) => [root, ...descendants(root)])) end(pid)
  rmSync(postgresFile(dataDir), { force: true })
}

/** Kills the servers when the test process ends early. */
const atExit = new Set<() => void>()
process.once("exit", () => {
  for (const endOne of atExit) endOne()
})

/** Prints the end of the server's output for a failed test. */
const lastLines = (chunks: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.sync(() => console.error(`The server said:\n${chunks.join("").split("\n").slice(-40).join("\n")}`))

/** Fails the test when the output contains a token. */
const assertNoSecrets = (chunks: ReadonlyArray<string>, options: ServerOptions): Effect.Effect<void> =>
  Effect.suspend(() => {
    const found = loggedSecrets(chunks.join(""), options)
    return found.length === 0 ? Effect.void : Effect.dieMessage(`The server has logged tokens: ${found.join(", ")}`)
  })

/** Starts the server without waiting. It ends with the scope at the latest. Its log must contain no token. */
export const launch = (options: ServerOptions): Effect.Effect<ExampleServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { dataDir, port } = options
    const chunks: Array<string> = []
    const finished = yield* Deferred.make<End>()
    // Runs after the end of the process, which closes later.
    yield* Effect.addFinalizer(() => assertNoSecrets(chunks, options))
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const { npm = false } = options
        const [program, args] = npm ? ["npm", ["start"]] : [process.execPath, ["scripts/run.mjs", "start"]]
        const child = spawn(program, args, {
          cwd: root,
          env: environment(options),
          stdio: ["ignore", "pipe", "pipe"],
          detached: npm
        })
        const clean = () => endAll(child, dataDir)
        atExit.add(clean)
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => chunks.push(text))
        }
        child.once("close", (code, signal) => {
          Deferred.unsafeDone(finished, Effect.succeed({ code, signal }))
        })
        return Object.assign(child, { clean })
      }),
      ({ clean }) =>
        Effect.zipRight(
          Effect.sync(() => {
            clean()
            atExit.delete(clean)
          }),
          Deferred.await(finished)
        )
    )
    yield* Effect.addFinalizer((exit) => (Exit.isFailure(exit) ? lastLines(chunks) : Effect.void))
    const send = (signal: NodeJS.Signals) =>
      Effect.zipRight(
        Effect.sync(() => child.kill(signal)),
        Deferred.await(finished)
      )
    const pid = child.pid ?? 0
    return {
      url: `http://127.0.0.1:${port}`,
      dataDir,
      pid,
      log: Effect.sync(() => chunks.join("")),
      ended: Deferred.await(finished),
      kill: send("SIGKILL"),
      stop: (signal = "SIGTERM") => send(signal),
      children: (program) => Effect.sync(() => descendants(pid, program))
    }
  })

/**
 * Starts the server, with an empty database when it has none, and waits until it is ready. Dies with its output when it ends
 * instead.
 */
export const start = (options: ServerOptions): Effect.Effect<ExampleServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (options.env?.DATABASE_URL === undefined) yield* copyDatabase(join(options.dataDir, "postgres"))
    const server = yield* launch(options)
    const state = Effect.map(server.log, (log) => ({ log, isRunning: survivors([server.pid]).length > 0 }))
    const { isRunning, log } = yield* until(
      "the server works",
      state,
      ({ isRunning, log }) => !isRunning || log.includes("drop a video")
    )
    return isRunning ? server : yield* Effect.dieMessage(`The server has ended:\n${log}`)
  })

/** The registration token that it prints at its first start. */
export const registrationToken = (server: ExampleServer): Effect.Effect<string> =>
  Effect.flatMap(server.log, (log) => Effect.fromNullable(/ptrrt-[\w-]+/.exec(log)?.[0])).pipe(
    Effect.orDieWith(() => new Error("No registration token was printed"))
  )

/** The generated administrator token in its data folder. */
export const keptToken = (dataDir: string): string => readFileSync(join(dataDir, "admin-token"), "utf8").trim()
