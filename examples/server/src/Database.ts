import { Path } from "@effect/platform"
import type { SqlError } from "@effect/sql/SqlError"
import type { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { PgConnection, SqlStores } from "@runner-connector/persistence-sql"
import { Context, Duration, Effect, Layer, Option, type Redacted } from "effect"
import { Settings } from "./Settings.ts"

/** What the database layers need beside the settings. */
export type Needs = Path.Path

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError

/** Fails when the database is lost for good. Never succeeds. */
export class DatabaseLoss extends Context.Tag("@runner-connector/example-server/DatabaseLoss")<
  DatabaseLoss,
  Effect.Effect<never, EmbeddedPostgres.EmbeddedPostgresError>
>() {}

const given = (
  url: Redacted.Redacted<string>,
  maxConnections: number,
  waitFor: Duration.Duration
): Layer.Layer<PgClient.PgClient, Failure> =>
  PgConnection.layer({ url, maxConnections, waitFor, names: { url: "DATABASE_URL", waitFor: "DATABASE_WAIT" } })

const from = <A>(
  embedded: (options: EmbeddedPostgres.Options) => Layer.Layer<A, Failure>,
  external: (client: Layer.Layer<PgClient.PgClient, Failure>) => Layer.Layer<A, Failure>,
  waits: boolean
): Layer.Layer<A, Failure, Settings | Path.Path> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { databasePoolSize, databaseUrl, databaseWait, dataDir } = yield* Settings
      const path = yield* Path.Path
      return Option.match(databaseUrl, {
        onNone: () => embedded({ directory: path.resolve(dataDir, "postgres"), maxConnections: databasePoolSize }),
        onSome: (url) => external(given(url, databasePoolSize, waits ? databaseWait : Duration.zero))
      })
    })
  )

const lossOfEmbedded = Layer.effect(
  DatabaseLoss,
  Effect.map(EmbeddedPostgres.Running, ({ failed }) => failed)
)

/** The PostgreSQL of DATABASE_URL, or an embedded one in the data folder, which then belongs to this process. */
export const layer: Layer.Layer<PgClient.PgClient | DatabaseLoss, Failure, Settings | Path.Path> = from(
  (options) => Layer.provideMerge(lossOfEmbedded, EmbeddedPostgres.layer(options)),
  // An external database comes back without this process.
  (client) => Layer.merge(client, Layer.succeed(DatabaseLoss, Effect.never)),
  true
)

/** For a tool beside the server: connects to the server's embedded database while that runs. */
export const layerShared: Layer.Layer<PgClient.PgClient, Failure, Settings | Path.Path> = from(
  EmbeddedPostgres.layerShared,
  (client) => client,
  false
)

/** The stores. The tables are migrated first, unless the operator does that separately. */
export const stores: Layer.Layer<
  SqlStores.Stores,
  Persistence.PersistenceError | SqlStores.SchemaVersionMismatch,
  PgClient.PgClient | Settings
> = Layer.unwrapEffect(
  Effect.map(Settings, ({ databaseMigrate }) => (databaseMigrate ? SqlStores.layer : SqlStores.layerWithoutMigrations))
)

/** Runs the layer until the database is lost, and then fails with the reason. */
export const launch = <A, E, R>(
  layer: Layer.Layer<A | DatabaseLoss, E, R>
): Effect.Effect<never, E | EmbeddedPostgres.EmbeddedPostgresError, R> =>
  Effect.scoped(Effect.flatMap(Layer.build(layer), (context) => Context.get(context, DatabaseLoss)))
