import { createHash } from "node:crypto"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"

/** Direct database writes, for situations that would take hours through the API. */
export interface Rows {
  readonly run: <A>(effect: Effect.Effect<A, unknown, PgClient.PgClient>) => Promise<A>
}

export const makeRows = (url: string): Rows => ({
  run: (effect) =>
    Effect.runPromise(
      effect.pipe(
        Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 2, applicationName: "benchmark" })),
        Effect.orDie
      )
    )
})

const hash = (token: string): string => createHash("sha256").update(token).digest("hex")

/** Adds a registered runner, unless an earlier suite has. Returns its id, or 0 when it was there. */
export const addRunner = (token: string, name: string): Effect.Effect<number, unknown, PgClient.PgClient> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<{ id: number }>`
      WITH token AS (
        INSERT INTO runner_connector.registration_token (token_hash, hint, created_at, updated_at)
        VALUES (${hash(`${token}-registration`)}, 'bnch', now(), now())
        ON CONFLICT DO NOTHING RETURNING id
      )
      INSERT INTO runner_connector.runner
        (name, token_hash, registration_token_id, last_contact, created_at, updated_at)
      SELECT ${name}, ${hash(token)}, token.id, now(), now(), now() FROM token RETURNING id`
    return rows[0]?.id ?? 0
  })

const PAYLOAD = JSON.stringify({ output: { resolution: 360, fps: 25, separatedAudio: false } })
const privatePayload = JSON.stringify({
  videoId: "00000000-0000-4000-8000-000000000000",
  place: { destination: "videos/bench", baseName: null }
})

/** Inserts jobs in this state with random v4 UUIDs. Their turns come a millisecond apart. */
export const addJobs = (
  state: "Pending" | "Completed",
  count: number
): Effect.Effect<void, unknown, PgClient.PgClient> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql`
      INSERT INTO runner_connector.runner_job (id, type, state, payload, private_payload, priority, failures, stalls,
        due, created_at, updated_at, finished_at, revision)
      SELECT gen_random_uuid(), 'vod-hls-transcoding', ${state}, ${PAYLOAD}::jsonb, ${privatePayload}::jsonb,
        100 + n % 8, 0, 0, round(extract(epoch FROM now()) * 1000) + n, now(), now(), ${state === "Completed" ? "now" : null}::timestamptz, 0
      FROM generate_series(1, ${count}::int) AS n`
    yield* sql`ANALYZE runner_connector.runner_job`
  })

export const clearJobs: Effect.Effect<void, unknown, PgClient.PgClient> = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`TRUNCATE runner_connector.runner_job`
})

/** The ids of the pending jobs, in the order in which runners get them. */
export const pendingIds = (count: number): Effect.Effect<ReadonlyArray<string>, unknown, PgClient.PgClient> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<{ id: string }>`SELECT id FROM runner_connector.runner_job
      WHERE state = 'Pending' ORDER BY due, sequence LIMIT ${count}`
    return rows.map(({ id }) => id)
  })
