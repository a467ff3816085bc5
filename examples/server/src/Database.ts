import { Path } from "@effect/platform"
import type { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/persistence-sql"
import { Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError
type Database = Layer.Layer<PgClient.PgClient, Failure, Settings | Path.Path>

const from = (embedded: (options: EmbeddedPostgres.Options) => Layer.Layer<PgClient.PgClient, Failure>): Database =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { databaseUrl, dataDir } = yield* Settings
      const path = yield* Path.Path
      return Option.match(databaseUrl, {
        onNone: () => embedded({ directory: path.resolve(dataDir, "postgres") }),
        onSome: (url): Layer.Layer<PgClient.PgClient, Failure> => PgClient.layer({ url })
      })
    })
  )

/** The operator's PostgreSQL, or one of our own in the data folder, which then belongs to this process. */
export const layer: Database = from(EmbeddedPostgres.layer)

/** The same for a tool beside the server: uses what the server runs while it runs. */
export const layerShared: Database = from(EmbeddedPostgres.layerShared)
