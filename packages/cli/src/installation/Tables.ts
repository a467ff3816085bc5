import { Path } from "@effect/platform"
import type { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { PgConnection, SqlStores } from "@runner-connector/persistence-sql"
import { Duration, Effect, Layer, Option } from "effect"
import { Refusal } from "../Refusal.ts"
import { Installation } from "./Installation.ts"
import { loadOptional } from "./optionalPackages.ts"

const refused = ({ message }: { readonly message: string }): Refusal => new Refusal({ message })

/** The server's embedded database while that runs, otherwise a database of this process on the same folder. */
const embedded = (directory: string, maxConnections: number) =>
  Layer.unwrapEffect(
    Effect.map(
      loadOptional("An installation without DATABASE_URL", () => import("@runner-connector/embedded-postgres")),
      ({ EmbeddedPostgres }) => Layer.mapError(EmbeddedPostgres.layerShared({ directory, maxConnections }), refused)
    )
  )

/** Connects to the database of the installation. The server may run or not. */
export const layer: Layer.Layer<PgClient.PgClient, Refusal, Installation | Path.Path> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { databasePoolSize: maxConnections, databaseUrl, dataDir } = yield* Installation
    const path = yield* Path.Path
    if (Option.isNone(databaseUrl)) return embedded(path.resolve(dataDir, "postgres"), maxConnections)
    const names = { url: "DATABASE_URL", waitFor: "DATABASE_WAIT" }
    const given = PgConnection.layer({ url: databaseUrl.value, maxConnections, waitFor: Duration.zero, names })
    return Layer.mapError(given, refused)
  })
)

/** The stores. The tables are migrated first, unless the operator does that separately. */
export const stores: Layer.Layer<
  SqlStores.Stores,
  Persistence.PersistenceError | SqlStores.SchemaVersionMismatch,
  PgClient.PgClient | Installation
> = Layer.unwrapEffect(
  Effect.map(Installation, ({ databaseMigrate }) =>
    databaseMigrate ? SqlStores.layer : SqlStores.layerWithoutMigrations
  )
)
