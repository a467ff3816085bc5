import { PgClient } from "@effect/sql-pg"
import { RunnerStore, runnerEvent, spanned } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Layer, Option } from "effect"
import { insertEvents, makeThenWake, type ThenWake } from "./eventQueries.ts"
import { hot, persist, repeatable } from "./persist.ts"
import { preparedClient } from "./prepared.ts"
import { countUse, lockToken, makeRegistrationTokens } from "./registrationTokens.ts"
import { newRunnerRows, runnerRows } from "./rows.ts"
import {
  decodeWorkloads,
  detachJobs,
  insertRemovals,
  matches,
  type Named,
  orderOf,
  selectWorkloads
} from "./runnerQueries.ts"

type Runners = RunnerStore.RunnerStore["Type"]

const reads = (
  sql: PgClient.PgClient,
  prepared: PgClient.PgClient
): Pick<Runners, "findByToken" | "findByIds" | "workloads" | "list"> => {
  const columns = sql.literal(runnerRows.columns)
  const byToken = `SELECT ${runnerRows.columns} FROM runner_connector.runner runner WHERE runner.token_hash = $1`
  return {
    findByToken: spanned("SqlRunnerStore.findByToken")((hash) =>
      prepared
        .unsafe(byToken, [hash])
        .pipe(Effect.flatMap(runnerRows.decode), Effect.map(Arr.head), persist("RunnerStore.findByToken", hot))
    ),
    findByIds: spanned("SqlRunnerStore.findByIds")((ids) =>
      sql`SELECT ${columns} FROM runner_connector.runner runner WHERE runner.id = ANY (${ids}::integer[])`.pipe(
        Effect.flatMap(runnerRows.decode),
        persist("RunnerStore.findByIds", repeatable)
      )
    ),
    workloads: spanned("SqlRunnerStore.workloads")((ids) =>
      Effect.flatMap(selectWorkloads(sql, ids), decodeWorkloads).pipe(persist("RunnerStore.workloads", repeatable))
    ),
    list: spanned("SqlRunnerStore.list")((filter) =>
      Effect.gen(function* () {
        const totals = yield* sql<{ readonly total: number }>`SELECT count(*)::int AS total
          FROM runner_connector.runner runner WHERE ${matches(sql, filter)}`
        const page = yield* sql`SELECT ${columns} FROM runner_connector.runner runner
          WHERE ${matches(sql, filter)}
          ORDER BY ${orderOf(sql, "runner", filter)} OFFSET ${filter.start} LIMIT ${filter.count}`
        return { total: totals[0]?.total ?? 0, data: yield* runnerRows.decode(page) }
      }).pipe(persist("RunnerStore.list", repeatable))
    )
  }
}

const TOUCH = `UPDATE runner_connector.runner
  SET last_contact = $2::timestamptz, updated_at = $2::timestamptz, ip = $3,
    version = coalesce($4, version), job_types = coalesce($5::jsonb, job_types)
  WHERE id = $1`

const touch = (prepared: PgClient.PgClient): Runners["touch"] =>
  spanned("SqlRunnerStore.touch")((id, { at, ip, jobTypes, version }) => {
    const types = jobTypes === undefined ? null : JSON.stringify(Option.getOrNull(jobTypes))
    const values = [id, DateTime.formatIso(at), Option.getOrNull(ip), Option.getOrNull(version), types]
    return prepared.unsafe(TOUCH, values).pipe(Effect.asVoid, persist("RunnerStore.touch", hot))
  })

const writes = (sql: PgClient.PgClient, thenWake: ThenWake): Pick<Runners, "insert" | "remove"> => {
  const columns = sql.literal(runnerRows.columns)
  return {
    insert: spanned("SqlRunnerStore.insert")(function* (runner) {
      const insert = Effect.gen(function* () {
        yield* lockToken(sql, runner.registrationTokenId, runner.createdAt)
        const row = sql.insert(yield* newRunnerRows.encode(runner))
        const inserted = yield* sql`INSERT INTO runner_connector.runner AS runner ${row}
          ON CONFLICT (name) DO NOTHING RETURNING ${columns}`
        const stored = yield* runnerRows.decode(inserted)
        if (stored.length > 0) yield* countUse(sql, runner.registrationTokenId)
        yield* insertEvents(
          sql,
          stored.map((one) => runnerEvent("runner.registered", one, one.createdAt))
        )
        return Arr.head(stored)
      })
      const stored = yield* sql.withTransaction(insert).pipe(persist("RunnerStore.insert"), thenWake)
      return Option.isSome(stored) ? stored.value : yield* new RunnerStore.RunnerNameTaken({ name: runner.name })
    }),
    remove: spanned("SqlRunnerStore.remove")((id) =>
      Effect.gen(function* () {
        const locked = yield* sql<Named>`SELECT id, name FROM runner_connector.runner WHERE id = ${id} FOR UPDATE`
        if (locked.length === 0) return Option.none()
        const jobs = yield* detachJobs(sql, [id])
        yield* sql`DELETE FROM runner_connector.runner WHERE id = ${id}`
        yield* insertRemovals(sql, locked)
        return Option.some({ runners: [id], jobs })
      }).pipe(sql.withTransaction, persist("RunnerStore.remove"), thenWake)
    )
  }
}

/** Runners in the table `runner_connector.runner`. Does not create the table. */
export const make: Effect.Effect<Runners, never, PgClient.PgClient> = Effect.gen(function* () {
  const sql = (yield* PgClient.PgClient).withoutTransforms()
  const prepared = yield* preparedClient
  const thenWake = yield* makeThenWake
  const registrationTokens = makeRegistrationTokens(sql, thenWake)
  return RunnerStore.RunnerStore.of({
    ...reads(sql, prepared),
    ...writes(sql, thenWake),
    touch: touch(prepared),
    registrationTokens
  })
})

/** The runner store alone, on existing tables. */
export const layer: Layer.Layer<RunnerStore.RunnerStore, never, PgClient.PgClient> = Layer.effect(
  RunnerStore.RunnerStore,
  make
)
