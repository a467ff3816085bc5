import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { aJob, eventually } from "@runner-connector/contracts"
import { EventConsumers, EventCursor, EventStore, JobStore } from "@runner-connector/core"
import { Effect, Layer } from "effect"
import { SqlStores } from "../src/index.ts"
import { usePostgres } from "./postgresServer.ts"

const postgres = usePostgres()

/** Higher than any transaction number of a new PostgreSQL. */
const FAR = 9_000_000_000

/** Events of a PostgreSQL with higher transaction numbers. A consumer has processed the first, and postponed it. */
const restored = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  for (const number of [1, 2, 3]) {
    yield* sql`INSERT INTO runner_connector.event (transaction, type, occurred_at, data)
      VALUES (${String(FAR - number)}::xid8, 'job.pending', now(), ${JSON.stringify({ type: `number ${number}` })}::jsonb)`
  }
  yield* sql`INSERT INTO runner_connector.event_consumer (name, transaction, sequence)
    SELECT 'hooks', transaction, sequence FROM runner_connector.event ORDER BY transaction LIMIT 1`
  yield* sql`INSERT INTO runner_connector.event_postponed (consumer, transaction, sequence, subject, attempts, due_at, error)
    SELECT name, transaction, sequence, '', 1, now(), '' FROM runner_connector.event_consumer`
})

const owner = "00000000-0000-4000-8000-000000000009"

it.scoped("a log from another PostgreSQL keeps its order, and new events follow it", () =>
  Effect.gen(function* () {
    const client = PgClient.layer({ url: yield* postgres.migratedAddress, maxConnections: 2 })
    yield* Effect.provide(restored, client)
    for (const start of ["first", "second"]) {
      yield* Effect.gen(function* () {
        const events = yield* EventStore.EventStore
        const consumers = yield* EventConsumers.EventConsumers
        if (start === "first") yield* (yield* JobStore.JobStore).insert([aJob({ type: "new" })])
        const typesAfter = (cursor: EventCursor.EventCursor) =>
          Effect.map(events.after(cursor, 10), (found) =>
            found.map(({ data }) => ("type" in data ? String(data.type) : ""))
          )
        // A transaction of PostgreSQL itself, such as that of an ANALYZE, delays the last one.
        const all = yield* eventually(typesAfter(EventCursor.start), ({ length }) => length === 4)
        deepStrictEqual(all, ["number 3", "number 2", "number 1", "new"], start)
        const cursor = yield* consumers.claim({ consumer: "hooks", owner }, "1 minute")
        assert.strictEqual(cursor._tag, "Some")
        if (cursor._tag === "Some") deepStrictEqual(yield* typesAfter(cursor.value), ["number 2", "number 1", "new"])
        const postponed = yield* consumers.postponed("hooks")
        deepStrictEqual(
          postponed.map(({ event }) => event.data),
          [{ type: "number 3" }]
        )
      }).pipe(Effect.provide(Layer.provide(SqlStores.layer, client)))
    }
  })
)
