import { SqlClient } from "@effect/sql"
import { SqlError } from "@effect/sql/SqlError"
import { Persistence } from "@runner-connector/core"
import { Data, Effect, Option, Schedule } from "effect"

/** A row does not fit the record it stands for, or the record no row. */
export class RowError extends Data.TaggedError("RowError")<{ readonly cause: unknown }> {}

/** What `pg` says of a failure. Only an answer of the server has a severity. */
interface PgFailure {
  readonly message?: string
  readonly code?: string
  readonly severity?: string
  /** Of an attempt on several addresses of one host. */
  readonly errors?: ReadonlyArray<Error>
}

const failureOf = (error: SqlError): PgFailure =>
  typeof error.cause === "object" && error.cause !== null ? error.cause : {}

/** The server took back all that the transaction did, because of what others did at the same time. */
const isRivalry = (error: unknown): boolean =>
  error instanceof SqlError && ["40001", "40P01"].includes(failureOf(error).code ?? "")

/** The connection was lost on the way; whether the statement was carried out is unknown. */
const isLostConnection = (error: unknown): boolean => {
  if (!(error instanceof SqlError) || error.message?.startsWith("Failed to acquire")) return false
  const { code = "", severity } = failureOf(error)
  return severity === undefined || code.startsWith("08") || code.startsWith("57P0")
}

/** The server's detail and hint are left out: they quote the values of rows. */
const describe = (error: SqlError): Error => {
  const { code, errors = [], message } = failureOf(error)
  const parts = [error.message, code, message, ...errors.map((one) => one.message)]
  return new Error(parts.filter((part) => part !== undefined && part !== "").join(": "))
}

const isInTransaction = Effect.map(Effect.serviceOption(SqlClient.TransactionConnection), Option.isSome)

export interface PersistOptions {
  /** It does no harm to do this twice, so a lost connection is reason enough to try again. */
  readonly repeatable?: boolean
}

/**
 * Lets an operation on the database fail with `PersistenceError` instead of the driver's errors, defects included:
 * `withTransaction` dies when the connection is lost before COMMIT or ROLLBACK is answered. What the server rolled back
 * for the sake of others is tried again, unless a transaction of the caller's is around it.
 *
 * Whoever is interrupted leaves at once, but the operation is finished behind: @effect/sql-pg would otherwise send a
 * cancel request for a connection that meanwhile can be serving somebody else's statement.
 */
export const persist =
  (operation: string, { repeatable = false }: PersistOptions = {}) =>
  <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, Exclude<E, SqlError | RowError> | Persistence.PersistenceError, R> =>
    Effect.gen(function* () {
      const nested = yield* isInTransaction
      const typed = Effect.catchSomeDefect(effect, (defect) =>
        defect instanceof SqlError ? Option.some(Effect.fail(defect)) : Option.none()
      )
      const settled = nested
        ? typed
        : Effect.retry(typed, { schedule: patience, while: (error) => mayRepeat(error, repeatable) })
      const answer = Effect.catchAll(settled, (error) => Effect.fail(toPersistenceError(operation, error)))
      return yield* nested ? Effect.uninterruptible(answer) : Effect.disconnect(Effect.uninterruptible(answer))
    })

/** A server that ends all connections takes a moment to do so, in which a pool gives out one after the other. */
const patience = Schedule.exponential("20 millis", 3).pipe(Schedule.intersect(Schedule.recurs(4)))

const mayRepeat = (error: unknown, repeatable: boolean): boolean =>
  isRivalry(error) || (repeatable && isLostConnection(error))

const toPersistenceError = <E>(
  operation: string,
  error: E
): Exclude<E, SqlError | RowError> | Persistence.PersistenceError => {
  if (error instanceof SqlError) return new Persistence.PersistenceError({ operation, cause: describe(error) })
  if (error instanceof RowError) return new Persistence.PersistenceError({ operation, cause: error.cause })
  return error as Exclude<E, SqlError | RowError>
}
