import { Path } from "@effect/platform"
import { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Effect, Layer, Option, type Redacted } from "effect"
import { Settings } from "./Settings.ts"

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError
type Database = Layer.Layer<PgClient.PgClient, Failure, Settings | Path.Path>

/** Why, in the words of the driver, which do not repeat the password. */
const unusable = ({ cause, message }: SqlError): SqlError => {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : message
  return new SqlError({ cause, message: `The database of DATABASE_URL cannot be used: ${reason}` })
}

const given = (url: Redacted.Redacted<string>): Layer.Layer<PgClient.PgClient, Failure> =>
  Layer.mapError(PgClient.layer({ url }), (error) => (error._tag === "SqlError" ? unusable(error) : error))

const from = (embedded: (options: EmbeddedPostgres.Options) => Layer.Layer<PgClient.PgClient, Failure>): Database =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { databaseUrl, dataDir } = yield* Settings
      const path = yield* Path.Path
      return Option.match(databaseUrl, {
        onNone: () => embedded({ directory: path.resolve(dataDir, "postgres") }),
        onSome: given
      })
    })
  )

/** The operator's PostgreSQL, or one of our own in the data folder, which then belongs to this process. */
export const layer: Database = from(EmbeddedPostgres.layer)

/** The same for a tool beside the server: uses what the server runs while it runs. */
export const layerShared: Database = from(EmbeddedPostgres.layerShared)
