import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { HostTransaction } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Schedule } from "effect"
import { persist, repeatable } from "./persist.ts"

/** Runs the effect on a connection of its own, not in the transaction of the caller. */
export const outside = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.mapInputContext(
    effect,
    (context: Context.Context<R>) =>
      Context.omit(SqlClient.TransactionConnection)(context as never) as Context.Context<R>
  )

/** Most transactions end soon. */
const patience = Schedule.exponential("5 millis", 1.5).pipe(Schedule.union(Schedule.spaced("500 millis")))

/** Checks until the transaction has ended, also while the database is away. */
const untilEnded = (sql: PgClient.PgClient, transaction: string): Effect.Effect<void> =>
  sql<{ readonly status: string | null }>`SELECT pg_xact_status(${transaction}::xid8) AS status`.pipe(
    Effect.map(([row]) => row?.status !== "in progress"),
    persist("HostTransaction.ended", repeatable),
    Effect.orElseSucceed(() => false),
    Effect.repeat({ schedule: patience, until: (hasEnded) => hasEnded }),
    Effect.asVoid,
    outside
  )

/**
 * The transaction around the calling fiber. PostgreSQL reports by its number when it has ended, whichever connection
 * ended it.
 */
export const makeHostTransaction = (sql: PgClient.PgClient): HostTransaction.HostTransaction["Type"] =>
  Effect.flatMap(Effect.serviceOption(SqlClient.TransactionConnection), (connection) =>
    Option.isNone(connection)
      ? Effect.succeedNone
      : sql<{ readonly transaction: string }>`SELECT pg_current_xact_id()::text AS transaction`.pipe(
          persist("HostTransaction.current"),
          Effect.map(([row]) => Option.some({ ended: untilEnded(sql, row?.transaction ?? "0"), outside }))
        )
  )

/** Tells the use cases about transactions of the host on this client. */
export const layer: Layer.Layer<HostTransaction.HostTransaction, never, PgClient.PgClient> = Layer.effect(
  HostTransaction.HostTransaction,
  Effect.map(PgClient.PgClient, (sql) => makeHostTransaction(sql.withoutTransforms()))
)
