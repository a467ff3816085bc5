import type { SqlError } from "@effect/sql/SqlError"
import { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"
import { Effect } from "effect"
import { persist } from "./persist.ts"

/** Any number works, as long as no other program uses the same advisory lock in this database. */
const LOCK = 7_225_031_995

/** A position of the future can only come from another PostgreSQL, whose transactions had higher numbers. */
const isRestored = (sql: PgClient.PgClient): Effect.Effect<boolean, SqlError> =>
  Effect.map(
    sql<{ yes: boolean }>`SELECT greatest(
        (SELECT transaction FROM runner_connector.event ORDER BY transaction DESC, sequence DESC LIMIT 1),
        (SELECT transaction FROM runner_connector.event_consumer ORDER BY transaction DESC LIMIT 1),
        '0'::xid8
      ) >= pg_snapshot_xmax(pg_current_snapshot()) AS yes`,
    ([row]) => row?.yes === true
  )

/** Positions in the transaction 1, which precedes all others, after those that an earlier restore has put there. */
const renumber = (sql: PgClient.PgClient): Effect.Effect<number, SqlError> =>
  Effect.gen(function* () {
    yield* sql`UPDATE runner_connector.event_consumer AS consumer SET transaction = '1',
      sequence = (SELECT coalesce(max(event.sequence), 0) FROM runner_connector.event)
        + (SELECT count(*) FROM runner_connector.event
           WHERE (event.transaction, event.sequence) <= (consumer.transaction, consumer.sequence))`
    const moved = yield* sql`UPDATE runner_connector.event SET transaction = '1', sequence = place.last + place.number
      FROM (
        SELECT transaction, sequence, row_number() OVER (ORDER BY transaction, sequence) AS number,
          max(sequence) OVER () AS last
        FROM runner_connector.event
      ) AS place
      WHERE (event.transaction, event.sequence) = (place.transaction, place.sequence)
      RETURNING event.id`
    // Clients have positions of the other PostgreSQL.
    yield* sql`UPDATE runner_connector.event_log
      SET pruned_transaction = pg_snapshot_xmin(pg_current_snapshot()), pruned_sequence = 0`
    return moved.length
  })

/**
 * Moves the events of a dump behind the past of this PostgreSQL. Its transaction numbers are lower than those of the
 * dumped one, so consumers would skip new events until it has caught up. Order, ids and progress of consumers stay.
 */
export const adoptRestoredLog: Effect.Effect<void, Persistence.PersistenceError, PgClient.PgClient> = Effect.gen(
  function* () {
    const sql = (yield* PgClient.PgClient).withoutTransforms()
    if (!(yield* isRestored(sql))) return
    const moved = yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`SELECT pg_advisory_xact_lock(${LOCK})`
        return (yield* isRestored(sql)) ? yield* renumber(sql) : 0
      })
    )
    yield* Effect.logWarning(`The database was restored from another PostgreSQL. ${moved} events were renumbered.`)
  }
).pipe(persist("SqlStores.adoptRestoredLog"))
