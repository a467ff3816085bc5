import type { SpawnOptions } from "node:child_process"
import { open, readFile, rename } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { Deferred, Duration, Effect, type Scope } from "effect"
import type { Cluster } from "./cluster.ts"
import { spawnOptions, spawnProgram } from "./commands.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopServer } from "./orphans.ts"
import { becomesTrue, inRealTime } from "./processes.ts"

/** A server that accepts connections. */
export interface Server {
  readonly pid: number
  readonly port: number
}

export interface ServerSettings {
  /** A free one when absent. */
  readonly port?: number | undefined
  readonly fsync: boolean
}

const START_WITHIN = Duration.minutes(2)
const LOG_LINES = 15

const logOf = ({ directory }: Cluster): string => join(directory, "postgres.log")

/** The last lines that the server wrote. */
const lastLines = (cluster: Cluster): Effect.Effect<string> =>
  Effect.promise(() =>
    readFile(logOf(cluster), "utf8").then(
      (text) => text.trim().split("\n").slice(-LOG_LINES).join("\n"),
      () => ""
    )
  )

const freePort: Effect.Effect<number> = Effect.async((resume) => {
  const probe = createServer()
  probe.listen(0, "127.0.0.1", () => {
    const address = probe.address()
    probe.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/**
 * TCP on the loopback alone. The server's own log says when it starts, stops or loses a process, and not every
 * statement that fails: those are answered to whoever sent them.
 */
const argumentsOf = (cluster: Cluster, port: number, { fsync }: ServerSettings): ReadonlyArray<string> => [
  ...["-D", cluster.dataArgument, "-p", String(port)],
  ...Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    shared_buffers: "64MB",
    log_min_messages: "log",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(fsync ? {} : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" })
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])
]

/** How a child process has ended, once it has. */
type End = Deferred.Deferred<string>

/**
 * In a session of its own: Ctrl-C in a terminal is then for us alone, and the server lives until we have ended what we
 * were doing. It keeps nobody from exiting; should we exit without closing the scope, it is still told to stop.
 */
const spawnServer = (cluster: Cluster, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { binaries, data, directory, user } = cluster
    const log = yield* attempt(directory, "Opening the server's log", async () => {
      await rename(logOf(cluster), `${logOf(cluster)}.old`).catch(() => undefined)
      return open(logOf(cluster), "w", 0o600)
    })
    const end: End = yield* Deferred.make<string>()
    const stdio: SpawnOptions["stdio"] = ["ignore", log.fd, log.fd]
    const options = { ...spawnOptions(data, user), detached: true, stdio }
    const pid = yield* spawnProgram(directory, binaries.postgres, args, options, (child) => {
      child.unref()
      const stopOnExit = () => child.kill("SIGINT")
      process.once("exit", stopOnExit)
      child.once("exit", (code, signal) => {
        process.off("exit", stopOnExit)
        Deferred.unsafeDone(end, Effect.succeed(String(signal ?? code)))
      })
    }).pipe(Effect.ensuring(Effect.promise(() => log.close())))
    return { pid, end }
  })

const isReady = ({ data }: Cluster, pid: number): Effect.Effect<boolean> =>
  Effect.promise(() =>
    readFile(join(data, "postmaster.pid"), "utf8").then(
      (text) => {
        const lines = text.split("\n")
        return Number(lines[0]) === pid && lines[7]?.trim() === "ready"
      },
      () => false
    )
  )

const whyNot = (cluster: Cluster, port: number, log: string): EmbeddedPostgresError => {
  const { directory } = cluster
  if (/Address already in use/.test(log)) {
    const detail = `port ${port} of 127.0.0.1 is taken: choose another one, or leave the choice to us`
    return new EmbeddedPostgresError({ reason: "PortInUse", directory, detail })
  }
  return new EmbeddedPostgresError({ reason: "Failed", directory, detail: `it did not start. It said last:\n${log}` })
}

const startOn = (
  cluster: Cluster,
  port: number,
  settings: ServerSettings
): Effect.Effect<Server, EmbeddedPostgresError, Scope.Scope> =>
  Effect.gen(function* () {
    const { end, pid } = yield* Effect.acquireRelease(
      spawnServer(cluster, argumentsOf(cluster, port, settings)),
      ({ end, pid }) => inRealTime(Effect.unlessEffect(stopServer(pid, Deferred.isDone(end)), Deferred.isDone(end)))
    )
    const settled = Effect.zipWith(isReady(cluster, pid), Deferred.isDone(end), (ready, ended) => ready || ended)
    yield* becomesTrue(settled, START_WITHIN)
    if (!(yield* isReady(cluster, pid))) return yield* whyNot(cluster, port, yield* lastLines(cluster))
    yield* Effect.forkScoped(watch(cluster, pid, end))
    return { pid, port }
  })

/** Interrupted before the server is stopped on purpose, because it was forked later than the server was started. */
const watch = (cluster: Cluster, pid: number, end: End) =>
  Effect.gen(function* () {
    const how = yield* Deferred.await(end)
    const log = yield* lastLines(cluster)
    yield* Effect.logError(
      `PostgreSQL (process ${pid}) in ${cluster.directory} has ended unexpectedly (${how}). It said last:\n${log}`
    )
  })

/** Somebody can take a free port before the server does, and the last processes of a killed server need a moment. */
const isPassing = (error: EmbeddedPostgresError, settings: ServerSettings): boolean =>
  error.reason === "PortInUse" ? settings.port === undefined : error.detail.includes("pre-existing shared memory block")

/** Starts a server on the cluster, and stops it when the scope is closed. */
export const startServer = (
  cluster: Cluster,
  settings: ServerSettings
): Effect.Effect<Server, EmbeddedPostgresError, Scope.Scope> =>
  (settings.port === undefined ? freePort : Effect.succeed(settings.port)).pipe(
    Effect.flatMap((port) => startOn(cluster, port, settings)),
    Effect.tapError((error) => (isPassing(error, settings) ? Effect.sleep("300 millis") : Effect.void)),
    Effect.retry({ times: 20, while: (error) => isPassing(error, settings) })
  )
