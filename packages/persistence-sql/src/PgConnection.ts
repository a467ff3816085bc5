import { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import { Duration, Effect, Layer, type Redacted, Schedule } from "effect"

/** How to reach a PostgreSQL. */
export interface Options {
  readonly url: Redacted.Redacted<string>
  /** The most connections of this process; 10 when left out. */
  readonly maxConnections?: number | undefined
  /** How long the start waits for a database that is not there yet. Not at all when left out. */
  readonly waitFor?: Duration.DurationInput | undefined
  /** The setting with the address, and that with the time to wait. For messages. */
  readonly names: { readonly url: string; readonly waitFor?: string | undefined }
}

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

/** Errors of the network, of a server that starts or stops, and of one without a free connection. */
const transient =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|57P0[123]|53300)$/

const isTransient = ({ cause, message = "" }: SqlError): boolean => {
  const { code = "", errors = [], message: own = "" } = (cause ?? {}) as PgFailure
  const codes = [code, ...errors.map((one) => (one as PgFailure).code ?? "")]
  return codes.some((one) => transient.test(one)) || /timed out|terminated unexpectedly/i.test(message + own)
}

const RETRY_PAUSE = Duration.seconds(1)

/** Connects repeatedly while the database may still come. Logs that once. */
const waiting = <A, R>(connect: Layer.Layer<A, SqlError, R>, { names, waitFor = 0 }: Options) => {
  const limit = Duration.decode(waitFor)
  const tries = Math.ceil(Duration.toMillis(limit) / Duration.toMillis(RETRY_PAUSE))
  const setting = names.waitFor === undefined ? "" : ` (${names.waitFor})`
  const notice = (error: SqlError) =>
    Effect.logWarning(
      `Waiting up to ${Duration.format(limit)} for the database of ${names.url}${setting}: ${reasonOf(error)}`
    )
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

/**
 * Connects to a PostgreSQL. The error names the setting and the driver's reason, and never the password. Refused
 * connections and servers that are starting are tried again while `waitFor` lasts.
 */
export const layer = (options: Options): Layer.Layer<PgClient.PgClient, SqlError> => {
  const { maxConnections = 10, names, url } = options
  const connect = PgClient.layer({ url, maxConnections, applicationName: "runner-connector" }).pipe(
    // The type names errors of the configuration, which are only possible with `layerConfig`.
    Layer.mapError((error) =>
      error._tag === "SqlError" ? error : new SqlError({ cause: error, message: String(error) })
    )
  )
  return Layer.mapError(
    waiting(connect, options),
    (error) =>
      new SqlError({ cause: error.cause, message: `The database of ${names.url} cannot be used: ${reasonOf(error)}` })
  )
}
