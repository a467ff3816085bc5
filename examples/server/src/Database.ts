import { Path } from "@effect/platform"
import type { SqlError } from "@effect/sql/SqlError"
import type { PgClient } from "@effect/sql-pg"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { PgConnection } from "@runner-connector/persistence-sql"
import { Context, Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError

/** Fails when the database is lost for good. Never succeeds. */
export class DatabaseLoss extends Context.Tag("@runner-connector/example-server/DatabaseLoss")<
  DatabaseLoss,
  Effect.Effect<never, EmbeddedPostgres.EmbeddedPostgresError>
>() {}

const lossOfEmbedded = Layer.effect(
  DatabaseLoss,
  Effect.map(EmbeddedPostgres.Running, ({ failed }) => failed)
)

type Connected = Layer.Layer<PgClient.PgClient | DatabaseLoss, Failure>

/** The PostgreSQL of DATABASE_URL, or an embedded one in the data folder, which then belongs to this process. */
export const layer: Layer.Layer<PgClient.PgClient | DatabaseLoss, Failure, Settings | Path.Path> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { databasePoolSize: maxConnections, databaseUrl, databaseWait: waitFor, dataDir } = yield* Settings
    const path = yield* Path.Path
    const names = { url: "DATABASE_URL", waitFor: "DATABASE_WAIT" }
    return Option.match(databaseUrl, {
      onNone: (): Connected => {
        const embedded = EmbeddedPostgres.layer({ directory: path.resolve(dataDir, "postgres"), maxConnections })
        return Layer.provideMerge(lossOfEmbedded, embedded)
      },
      onSome: (url): Connected => {
        const given = PgConnection.layer({ url, maxConnections, waitFor, names })
        // An external database comes back without this process.
        return Layer.merge(given, Layer.succeed(DatabaseLoss, Effect.never))
      }
    })
  })
)

/** Runs the layer until the database is lost, and then fails with the reason. */
export const launch = <A, E, R>(
  layer: Layer.Layer<A | DatabaseLoss, E, R>
): Effect.Effect<never, E | EmbeddedPostgres.EmbeddedPostgresError, R> =>
  Effect.scoped(Effect.flatMap(Layer.build(layer), (context) => Context.get(context, DatabaseLoss)))
