import { Path } from "@effect/platform"
import { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { EmbeddedPostgres } from "@runner-connector/embedded-postgres"
import { SqlStores } from "@runner-connector/persistence-sql"
import { Context, Duration, Effect, Layer, Option, type Redacted, Schedule } from "effect"
import { Settings } from "./Settings.ts"

type Failure = EmbeddedPostgres.EmbeddedPostgresError | SqlError

/** Fails when the database is lost for good. Never succeeds. */
export class DatabaseLoss extends Context.Tag("@runner-connector/example-server/DatabaseLoss")<
  DatabaseLoss,
  Effect.Effect<never, EmbeddedPostgres.EmbeddedPostgresError>
>() {}

interface PgFailure {
  readonly message?: string
  readonly code?: string
  readonly errors?: ReadonlyArray<Error>
}

/** The driver's reason, which does not contain the password. */
const reasonOf = ({ cause, message }: SqlError): string => {
  const { errors = [], message: own = "" } = (cause ?? {}) as PgFailure
  const reasons = [own, ...errors.map((one) => one.message)].filter((reason) => reason !== "")
  return reasons.length > 0 ? reasons.join(", ") : (message ?? "")
}

const unusable = (error: SqlError): SqlError =>
  new SqlError({ cause: error.cause, message: `The database of DATABASE_URL cannot be used: ${reasonOf(error)}` })

/** Errors of the network, of a server that starts or stops, and of one without a free connection. */
const transient =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0[123]|53300)$/

const isTransient = ({ cause, message = "" }: SqlError): boolean => {
  const { code = "", errors = [], message: own = "" } = (cause ?? {}) as PgFailure
  const codes = [code, ...errors.map((one) => (one as PgFailure).code ?? "")]
  return codes.some((one) => transient.test(one)) || /timed out|terminated unexpectedly/i.test(message + own)
}

const RETRY_PAUSE = Duration.seconds(1)

/** Connects repeatedly while the database may still come, and says so once. */
const waiting = <A, R>(connect: Layer.Layer<A, SqlError, R>, limit: Duration.Duration): Layer.Layer<A, SqlError, R> => {
  const tries = Math.ceil(Duration.toMillis(limit) / Duration.toMillis(RETRY_PAUSE))
  const notice = Effect.fnUntraced(function* (error: SqlError) {
    yield* Effect.logWarning(
      `Waiting up to ${Duration.format(limit)} for the database of DATABASE_URL (DATABASE_WAIT): ${reasonOf(error)}`
    )
  })
  const first = Layer.tapError(connect, (error) => (tries > 0 && isTransient(error) ? notice(error) : Effect.void))
  const again = Layer.retry(
    Layer.fresh(connect),
    Schedule.spaced(RETRY_PAUSE).pipe(
      Schedule.intersect(Schedule.recurs(Math.max(0, tries - 1))),
      Schedule.whileInput(isTransient)
    )
  )
  return Layer.catchAll(first, (error) =>
    tries > 0 && isTransient(error)
      ? Layer.provide(again, Layer.effectDiscard(Effect.sleep(RETRY_PAUSE)))
      : Layer.fail(error)
  )
}

const given = (
  url: Redacted.Redacted<string>,
  maxConnections: number,
  limit: Duration.Duration
): Layer.Layer<PgClient.PgClient, Failure> => {
  const connect = PgClient.layer({ url, maxConnections, applicationName: "runner-connector" }).pipe(
    // The type names errors of the configuration, which are only possible with `layerConfig`.
    Layer.mapError((error) =>
      error._tag === "SqlError" ? error : new SqlError({ cause: error, message: String(error) })
    )
  )
  return Layer.mapError(waiting(connect, limit), unusable)
}

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
