import type { SpawnOptions } from "node:child_process"
import { open, readFile, rename } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { Deferred, Duration, Effect, type Scope } from "effect"
import type { Cluster } from "./cluster.ts"
import { spawnOptions, spawnProgram } from "./commands.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { guard } from "./guardian.ts"
import { stopServer } from "./orphans.ts"
import { becomesTrue, inRealTime } from "./processes.ts"

/** A server that accepts connections. */
export interface Server {
  readonly pid: number
  readonly port: number
  /** Waits for its end, and gives the exit code or the signal. */
  readonly ended: Effect.Effect<string>
}

export interface ServerSettings {
  /** (Default: a free port.) */
  readonly port?: number | undefined
  readonly fsync: boolean
}

const START_WITHIN = Duration.minutes(2)
const LOG_LINES = 15

const logOf = ({ directory }: Cluster): string => join(directory, "postgres.log")

/** The last lines of the server's log. */
export const lastLines = (cluster: Cluster): Effect.Effect<string> =>
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
 * TCP on the loopback only. The log records starts, stops and crashed processes, but no failed statements: their errors go
 * to the client that sent them.
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
    ...(fsync ? {} : { fsync: "off", full_page_writes: "off" })
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])
]

/**
 * Starts the server in a session of its own, so that Ctrl-C in a terminal reaches this process alone and the server
 * lives until its clients have finished. The guardian stops it when this process dies.
 */
const spawnServer = (cluster: Cluster, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { binaries, data, directory, user } = cluster
    const log = yield* attempt(directory, "Opening the server's log", async () => {
      await rename(logOf(cluster), `${logOf(cluster)}.old`).catch(() => undefined)
      return open(logOf(cluster), "w", 0o600)
    })
    const end = yield* Deferred.make<string>()
    const stdio: SpawnOptions["stdio"] = ["ignore", log.fd, log.fd]
    const options = { ...spawnOptions(data, user), detached: true, stdio }
    const pid = yield* spawnProgram(directory, binaries.postgres, args, options, (child) => {
      child.unref()
      const dismissGuardian = child.pid === undefined ? () => undefined : guard(child.pid)
      child.once("exit", (code, signal) => {
        dismissGuardian()
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
    const detail = `port ${port} of 127.0.0.1 is taken: choose another one, or set none to use a free one`
    return new EmbeddedPostgresError({ reason: "PortInUse", directory, detail })
  }
  return new EmbeddedPostgresError({
    reason: "Failed",
    directory,
    detail: `the server did not start. Its log ends with:\n${log}`
  })
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
    return { pid, port, ended: Deferred.await(end) }
  })

/** Another program can take a free port first, and the last processes of a killed server need a moment to end. */
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
