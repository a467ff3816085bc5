import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Deferred, Effect, Exit, type Scope } from "effect"
import { copyDatabase } from "../../fixtures/cluster.ts"
import { descendants, end, survivors } from "./processes.ts"
import { until } from "./waiting.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))

export interface ServerOptions {
  readonly port: number
  readonly dataDir: string
  /** Beside `PORT`, `DATA_DIR` and what every program needs; nothing else of this process's environment is handed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Starts it by `npm start`, in a process group of its own whose number is npm's process number. */
  readonly npm?: boolean
}

/** How a process has ended: one of both is null. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The bundled server in a process of its own. */
export interface ExampleServer {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** All that it wrote so far. */
  readonly log: Effect.Effect<string>
  /** Waits for its end. */
  readonly ended: Effect.Effect<End>
  /** Kills it. Its PostgreSQL ends a moment later. */
  readonly kill: Effect.Effect<End>
  /** Asks it to end, and waits. */
  readonly stop: (signal?: "SIGTERM" | "SIGINT") => Effect.Effect<End>
  /** The processes that it has started, and those that they have; of one program only, when it is named. */
  readonly children: (program?: string) => Effect.Effect<ReadonlyArray<number>>
}

const inherited = ["PATH", "HOME", "LANG", "TMPDIR"]

const environment = ({ dataDir, env, port }: ServerOptions): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
  PORT: String(port),
  DATA_DIR: dataDir,
  // Where nobody looks at them, they would stand in every queue.
  STORYBOARDS: "off",
  // Tests ask more often than strangers may.
  RUNNER_RATE_LIMIT: "0",
  ...env
})

const postgresFile = (dataDir: string): string => join(dataDir, "postgres", "data", "postmaster.pid")

/** The PostgreSQL that works on the data, as long as it does or after it was killed. */
export const postgresOf = (dataDir: string): ReadonlyArray<number> => {
  try {
    return [Number.parseInt(readFileSync(postgresFile(dataDir), "utf8"), 10)]
  } catch {
    return []
  }
}

/** Ends the server and, when it was killed and not started again, what it has left. */
const endAll = (child: ChildProcess, dataDir: string): void => {
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  const own = hasEnded || child.pid === undefined ? [] : [child.pid]
  const roots = [...own, ...postgresOf(dataDir)]
  for (const pid of roots.flatMap((root) => [root, ...descendants(root)])) end(pid)
  rmSync(postgresFile(dataDir), { force: true })
}

/** Should the test process itself end early, its servers end with it. */
const atExit = new Set<() => void>()
process.once("exit", () => {
  for (const endOne of atExit) endOne()
})

/** What the server said, for whoever wonders why a test failed. */
const lastLines = (chunks: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.sync(() => console.error(`The server said:\n${chunks.join("").split("\n").slice(-40).join("\n")}`))

/** Starts the server as its user does, and does not wait for anything; it ends with the scope at the latest. */
export const launch = (options: ServerOptions): Effect.Effect<ExampleServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { dataDir, port } = options
    const chunks: Array<string> = []
    const finished = yield* Deferred.make<End>()
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
 * Starts the server, on an empty database when it has none, and waits until it says that it is there; dies with its last
 * words when it ends instead.
 */
export const start = (options: ServerOptions): Effect.Effect<ExampleServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (options.env?.DATABASE_URL === undefined) yield* copyDatabase(join(options.dataDir, "postgres"))
    const server = yield* launch(options)
    const state = Effect.map(server.log, (log) => ({ log, isRunning: survivors([server.pid]).length > 0 }))
    const { isRunning, log } = yield* until(
      "the server works",
      state,
      ({ isRunning, log }) => !isRunning || log.includes("drop a video"),
      60
    )
    return isRunning ? server : yield* Effect.dieMessage(`The server has ended:\n${log}`)
  })

/** The first token for runners, which it tells once. */
export const registrationToken = (server: ExampleServer): Effect.Effect<string> =>
  Effect.flatMap(server.log, (log) => Effect.fromNullable(/ptrrt-[\w-]+/.exec(log)?.[0])).pipe(
    Effect.orDieWith(() => new Error("No registration token was told"))
  )

/** The administrator's token that it has made itself, in its data folder. */
export const keptToken = (dataDir: string): string => readFileSync(join(dataDir, "admin-token"), "utf8").trim()
