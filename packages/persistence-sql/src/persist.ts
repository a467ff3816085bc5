import { SqlError } from "@effect/sql/SqlError"
import { Persistence } from "@runner-connector/core"
import { type Cause, Data, Effect, Option, Runtime, RuntimeFlags, Schedule } from "effect"
import { collectAnew, isCollecting, isInTransaction } from "./collected.ts"

/** A row does not match the schema of its record, or the reverse. */
export class RowError extends Data.TaggedError("RowError")<{ readonly cause: unknown }> {}

/** The fields of an error of `pg`. Only an answer of the server has a severity. */
interface PgFailure {
  readonly message?: string
  readonly code?: string
  readonly severity?: string
  /** The errors of connecting to several addresses of one host. */
  readonly errors?: ReadonlyArray<Error>
}

const failureOf = (error: SqlError): PgFailure =>
  typeof error.cause === "object" && error.cause !== null ? error.cause : {}

/** The server rolled the transaction back because of concurrent ones. */
const isRivalry = (error: unknown): boolean =>
  error instanceof SqlError && ["40001", "40P01"].includes(failureOf(error).code ?? "")

/**
 * The connection does not have the prepared statement, has another one of this name, or its result has another type after
 * a change of the schema. The statement did not run.
 */
export const isPreparationLost = (error: unknown): boolean =>
  error instanceof SqlError && ["26000", "42P05", "0A000"].includes(failureOf(error).code ?? "")

/** The row has a value that another row must not have, too. */
export const isDuplicate = (error: unknown): boolean => error instanceof SqlError && failureOf(error).code === "23505"

/** The row refers to a row that has been removed. */
export const isOrphan = (error: unknown): boolean => error instanceof SqlError && failureOf(error).code === "23503"

/** The connection was lost, so the outcome of the statement is unknown. */
const isLostConnection = (error: unknown): boolean => {
  if (!(error instanceof SqlError) || error.message?.startsWith("Failed to acquire")) return false
  const { code = "", severity } = failureOf(error)
  return severity === undefined || code.startsWith("08") || code.startsWith("57P0")
}

/** Omits the server's detail and hint, which quote row values. */
const describe = (error: SqlError): Error => {
  const { code, errors = [], message } = failureOf(error)
  const parts = [error.message, code, message, ...errors.map((one) => one.message)]
  return new Error(parts.filter((part) => part !== undefined && part !== "").join(": "))
}

export interface PersistOptions {
  /** The operation is idempotent, so a lost connection is retried. */
  readonly repeatable?: boolean
  /** Each of its statements is sent by a client of `prepared.ts`, and runs on by itself when the caller is interrupted. */
  readonly isHot?: boolean
}

/** Options of reads, and of writes that may be repeated. */
export const repeatable: PersistOptions = { repeatable: true }

/** Options of the same in calls that runners make all the time, by a client of `prepared.ts`. */
export const hot: PersistOptions = { repeatable: true, isHot: true }

/**
 * Maps errors of the driver to `PersistenceError`, including defects: `withTransaction` dies when the connection is
 * lost before COMMIT or ROLLBACK is answered. Retries transactions that the server rolled back because of concurrent
 * ones or of a lost preparation, unless the caller's transaction is around it.
 *
 * Interruption returns at once, but the operation ends in the background: @effect/sql-pg would otherwise cancel a
 * connection that may serve another statement by then.
 */
export const persist =
  (operation: string, { isHot = false, repeatable = false }: PersistOptions = {}) =>
  <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, Exclude<E, SqlError | RowError> | Persistence.PersistenceError, R> =>
    Effect.withFiberRuntime((fiber, { runtimeFlags }) => {
      const isNested = isInTransaction(fiber)
      const fresh = isNested || !isCollecting(fiber) ? effect : Effect.zipRight(collectAnew, effect)
      const answer = Effect.catchAllCause(fresh, (cause) =>
        Effect.catchAll(
          afterFailure(cause, fresh, (error) => !isNested && mayRepeat(error, repeatable)),
          (error) => Effect.fail(toPersistenceError(operation, error))
        )
      )
      if (isNested) return Effect.uninterruptible(answer)
      return isHot || !RuntimeFlags.interruption(runtimeFlags) ? answer : detached(answer)
    })

/**
 * Types the failure, and retries where that is allowed. Nothing of this is prepared before a failure: it costs more than most
 * steps.
 */
const afterFailure = <A, E, R>(
  cause: Cause.Cause<E>,
  effect: Effect.Effect<A, E, R>,
  mayRetry: (error: E | SqlError) => boolean
): Effect.Effect<A, E | SqlError, R> => {
  let next: Effect.Effect<A, E, R> = Effect.failCause(cause)
  const attempt = Effect.suspend(() => {
    const current = next
    next = effect
    return current
  })
  const typed = Effect.catchSomeDefect(attempt, (defect) =>
    defect instanceof SqlError ? Option.some(Effect.fail(defect)) : Option.none()
  )
  return Effect.retry(typed, { schedule: patience, while: mayRetry })
}

/**
 * Returns at once when it is interrupted. The effect runs to its end in any case, in a fiber of its own that starts without a
 * turn of the scheduler.
 */
const detached = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.runtime<R>(), (runtime) =>
    Effect.async<A, E>((resume) => {
      Runtime.runFork(runtime, Effect.uninterruptible(effect)).addObserver(resume)
    })
  )

/** A server that ends all connections takes a moment, during which the pool hands out dead ones. */
const patience = Schedule.exponential("20 millis", 3).pipe(Schedule.intersect(Schedule.recurs(4)))

const mayRepeat = (error: unknown, repeatable: boolean): boolean =>
  isRivalry(error) || isPreparationLost(error) || (repeatable && isLostConnection(error))

const toPersistenceError = <E>(
  operation: string,
  error: E
): Exclude<E, SqlError | RowError> | Persistence.PersistenceError => {
  if (error instanceof SqlError) return new Persistence.PersistenceError({ operation, cause: describe(error) })
  if (error instanceof RowError) return new Persistence.PersistenceError({ operation, cause: error.cause })
  return error as Exclude<E, SqlError | RowError>
}
