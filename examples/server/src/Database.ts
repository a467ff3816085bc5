import { Path } from "@effect/platform"
import type { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/persistence-sql"
import { Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

/** The operator's PostgreSQL, or one of our own in the data folder. */
export const layer: Layer.Layer<
  PgClient.PgClient,
  EmbeddedPostgres.EmbeddedPostgresError | SqlError,
  Settings | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { databaseUrl, dataDir } = yield* Settings
    const path = yield* Path.Path
    return Option.match(databaseUrl, {
      onNone: (): Layer.Layer<PgClient.PgClient, EmbeddedPostgres.EmbeddedPostgresError | SqlError> =>
        EmbeddedPostgres.layer({ directory: path.resolve(dataDir, "postgres") }),
      onSome: (url) => PgClient.layer({ url })
    })
  })
)
