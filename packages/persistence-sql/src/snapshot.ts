import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { Effect } from "effect"
import { persist, repeatable } from "./persist.ts"

/**
 * Runs reads of the stores on one snapshot of the database. The pages of a list then fit together, whatever is written
 * meanwhile: no row is in two of them or in none. Reads only, and they may be repeated.
 */
export const onSnapshot = <A, E, R>(
  reads: Effect.Effect<A, E, R>
): Effect.Effect<A, E | Persistence.PersistenceError, R | PgClient.PgClient> =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql): Effect.Effect<A, E | Persistence.PersistenceError, R> =>
      Effect.zipRight(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`, reads).pipe(
        sql.withTransaction,
        persist("SqlStores.onSnapshot", repeatable)
      ) as Effect.Effect<A, E | Persistence.PersistenceError, R>
  )
