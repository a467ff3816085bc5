import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Fiber } from "effect"

/** Runs the effect while another transaction sees the tables as they were before, as a long `pg_dump` does. */
export const whileSnapshotIsHeld = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const opened = yield* Deferred.make<void>()
    const leave = yield* Deferred.make<void>()
    const holding = Effect.gen(function* () {
      yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`
      yield* sql`SELECT count(*) FROM runner_connector.runner_job`
      yield* Deferred.succeed(opened, undefined)
      yield* Deferred.await(leave)
    })
    const held = yield* Effect.fork(sql.withTransaction(holding))
    yield* Deferred.await(opened)
    const result = yield* effect
    yield* Deferred.succeed(leave, undefined)
    yield* Fiber.join(held)
    return result
  })

interface Explained {
  readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: { readonly "Shared Hit Blocks": number } }>
}

/** The number of pages that the statement visits. */
export const pagesOf = (statement: Statement<object>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<Explained>`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`
    return row?.["QUERY PLAN"][0]?.Plan["Shared Hit Blocks"] ?? 0
  })
