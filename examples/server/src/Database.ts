import { Path } from "@effect/platform"
import { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { Context, Effect, Layer, Option, type Redacted } from "effect"
import { Settings } from "./Settings.ts"

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError

/** Fails when the database is lost for good. Never succeeds. */
export class DatabaseLoss extends Context.Tag("@runner-connector/example-server/DatabaseLoss")<
  DatabaseLoss,
  Effect.Effect<never, EmbeddedPostgres.EmbeddedPostgresError>
>() {}

/** The driver's reason, which does not contain the password. */
const unusable = ({ cause, message }: SqlError): SqlError => {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : message
  return new SqlError({ cause, message: `The database of DATABASE_URL cannot be used: ${reason}` })
}

const given = (url: Redacted.Redacted<string>): Layer.Layer<PgClient.PgClient, Failure> =>
  Layer.mapError(PgClient.layer({ url }), (error) => (error._tag === "SqlError" ? unusable(error) : error))

const from = <A>(
  embedded: (options: EmbeddedPostgres.Options) => Layer.Layer<A, Failure>,
  external: (url: Redacted.Redacted<string>) => Layer.Layer<A, Failure>
): Layer.Layer<A, Failure, Settings | Path.Path> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { databaseUrl, dataDir } = yield* Settings
      const path = yield* Path.Path
      return Option.match(databaseUrl, {
        onNone: () => embedded({ directory: path.resolve(dataDir, "postgres") }),
        onSome: external
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
  (url) => Layer.merge(given(url), Layer.succeed(DatabaseLoss, Effect.never))
)

/** For a tool beside the server: connects to the server's embedded database while that runs. */
export const layerShared: Layer.Layer<PgClient.PgClient, Failure, Settings | Path.Path> = from(
  EmbeddedPostgres.layerShared,
  given
)

/** Runs the layer until the database is lost, and then fails with the reason. */
export const launch = <A, E, R>(
  layer: Layer.Layer<A | DatabaseLoss, E, R>
): Effect.Effect<never, E | EmbeddedPostgres.EmbeddedPostgresError, R> =>
  Effect.scoped(Effect.flatMap(Layer.build(layer), (context) => Context.get(context, DatabaseLoss)))
