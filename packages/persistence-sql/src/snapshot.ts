import { PgClient } from "@effect/sql-pg"
import { type Persistence, Snapshot } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import { persist, repeatable } from "./persist.ts"

const make =
  (sql: PgClient.PgClient): Snapshot.Snapshot["Type"] =>
  <A, E, R>(reads: Effect.Effect<A, E, R>) =>
    Effect.zipRight(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`, reads).pipe(
      sql.withTransaction,
      persist("Snapshot", repeatable)
    ) as Effect.Effect<A, E | Persistence.PersistenceError, R>

/** Snapshots by transactions on this client. */
export const layer: Layer.Layer<Snapshot.Snapshot, never, PgClient.PgClient> = Layer.effect(
  Snapshot.Snapshot,
  Effect.map(PgClient.PgClient, (sql) => make(sql.withoutTransforms()))
)
