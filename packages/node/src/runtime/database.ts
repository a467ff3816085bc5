import { join, resolve } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { type Persistence, StateChanges, Telemetry } from "@runner-connector/core"
import { PgConnection, SqlStores } from "@runner-connector/persistence-sql"
import { Effect, Layer, Redacted } from "effect"
import { nativeCause } from "../errors/fromExit.ts"
import { type MissingPackage, StartFailed } from "../errors/index.ts"
import type { ConnectorOptions } from "../options/ConnectorOptions.ts"
import { load } from "./optionalPackages.ts"

/** The folder of everything that the connector keeps on this machine. */
export const dataFolder = ({ dataDir = ".data" }: ConnectorOptions): string => resolve(dataDir)

const startFailed = (error: { readonly message: string; readonly cause?: unknown }): StartFailed =>
  new StartFailed({ message: error.message, details: { part: "database" }, cause: nativeCause(error) })

/** An embedded server. Its loss is logged, and every call fails until the application starts a new connector. */
const embedded = (options: ConnectorOptions) =>
  Layer.unwrapEffect(
    Effect.map(
      load("A connector without `database`", () => import("@runner-connector/embedded-postgres")),
      ({ EmbeddedPostgres }) => {
        const watch = Layer.scopedDiscard(
          Effect.flatMap(EmbeddedPostgres.Running, ({ failed }) =>
            Effect.forkScoped(
              Effect.catchAll(failed, (error) => Effect.logError(`The database is lost: ${error.message}`))
            )
          )
        )
        const server = EmbeddedPostgres.layer({ directory: join(dataFolder(options), "postgres") })
        return Layer.mapError(Layer.provideMerge(watch, server), startFailed)
      }
    )
  )

const external = (url: string) =>
  Layer.mapError(PgConnection.layer({ url: Redacted.make(url), names: { url: "the option database" } }), startFailed)

/** The client of the database of the options. */
const client = (options: ConnectorOptions): Layer.Layer<PgClient.PgClient, MissingPackage | StartFailed> =>
  options.database === undefined ? embedded(options) : external(options.database)

type Failure = Persistence.PersistenceError | SqlStores.SchemaVersionMismatch

const failed = (error: Failure): StartFailed => startFailed(error)

/** The stores in the PostgreSQL of the options, or in that of the given client. */
export const layer = (
  options: ConnectorOptions,
  given: PgClient.PgClient | undefined
): Layer.Layer<SqlStores.Stores, MissingPackage | StartFailed> =>
  Layer.mapError(SqlStores.layer, failed).pipe(
    Layer.provide(Layer.succeed(StateChanges.StateChanges, [Telemetry.logChanges])),
    Layer.provide(given === undefined ? client(options) : Layer.succeed(PgClient.PgClient, given))
  )
