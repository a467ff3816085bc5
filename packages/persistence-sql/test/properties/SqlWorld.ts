import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { makeState } from "../../../core/src/ports/memory/MemoryState.ts"
import { type Database, type Files, makeWorldOver, type World } from "../../../core/test/support/World.ts"
import type { SqlStores } from "../../src/index.ts"
import { jobRows, runnerRows, tokenRows, videoRows } from "../../src/rows.ts"

type State = World["state"]

/** The view of PostgreSQL that the tests of the core have of the memory. */
export type Sql = PgClient.PgClient | SqlStores.Stores

const fill = <K, V extends { readonly id: K }>(target: Map<K, V>, rows: ReadonlyArray<V>): void => {
  target.clear()
  for (const row of rows) target.set(row.id, row)
}

/** Reads all tables at one moment. */
const read = (plain: PgClient.PgClient, state: State) =>
  Effect.gen(function* () {
    const sql = plain.withoutTransforms()
    const all = (table: string, columns: string, order: string) =>
      sql.unsafe(`SELECT ${columns} FROM runner_connector.${table} ORDER BY ${order}`)
    yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
    const jobs = yield* jobRows.decode(yield* all("runner_job job", jobRows.columns, "job.sequence"))
    const videos = yield* videoRows.decode(yield* all("video video", videoRows.columns, "video.number"))
    const runners = yield* runnerRows.decode(yield* all("runner runner", runnerRows.columns, "runner.id"))
    const tokens = yield* tokenRows.decode(yield* all("registration_token token", tokenRows.columns, "token.id"))
    const [last] = yield* sql<{ readonly given: number }>`SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int
      AS given FROM runner_connector.runner_job_sequence_seq`
    return { jobs, videos, runners, tokens, given: last?.given ?? 0 }
  }).pipe(
    plain.withTransaction,
    Effect.map(({ given, jobs, runners, tokens, videos }) => {
      fill(state.jobs, jobs)
      fill(state.videos, videos)
      fill(state.runners, runners)
      fill(state.registrationTokens, tokens)
      // Whose job is not there any more has a number still.
      for (const { id } of jobs) state.jobNumbers.set(id, state.jobNumbers.size)
      for (let n = 0; state.jobNumbers.size < given; n++) {
        state.jobNumbers.set(`removed ${n}` as never, state.jobNumbers.size)
      }
    }),
    Effect.orDie
  )

const database: Effect.Effect<Database, never, Sql> = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const stores = yield* Effect.context<SqlStores.Stores>()
  const state: State = {
    ...makeState(),
    nextNumber: () => {
      throw new Error("PostgreSQL gives the numbers")
    }
  }
  return { state, stores, refresh: read(sql, state) }
})

/** A world over this PostgreSQL. Its files are in memory by default. */
export const makeSqlWorld = (files?: Files): Effect.Effect<World, never, Sql> =>
  Effect.gen(function* () {
    const world = yield* makeWorldOver(yield* database, files)
    yield* world.refresh
    return world
  })

/** Removes everything from the database. */
export const empty: Effect.Effect<void, never, PgClient.PgClient> = Effect.flatMap(PgClient.PgClient, (sql) =>
  Effect.orDie(
    sql.unsafe(`TRUNCATE runner_connector.runner_job, runner_connector.video, runner_connector.runner,
      runner_connector.registration_token, runner_connector.event RESTART IDENTITY CASCADE`)
  )
)
