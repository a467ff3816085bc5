import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"

/** A node of a query plan. */
export interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Total Cost": number
  readonly "Actual Rows": number
  readonly "Rows Removed by Filter"?: number
  readonly "Actual Loops": number
  readonly Plans?: ReadonlyArray<Node>
}

const nodesOf = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** Runs the statement. Gives the nodes of its plan, with what they read. */
export const explain = (statement: Statement<object>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const rows = yield* sql<{
      "QUERY PLAN": ReadonlyArray<{ Plan: Node }>
    }>`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`
    return nodesOf(rows[0]?.["QUERY PLAN"][0]?.Plan as Node)
  })

const literalOf = (value: unknown): string => {
  if (value === null) return "NULL"
  const text = Array.isArray(value) ? `{${value.map((item) => JSON.stringify(item)).join(",")}}` : String(value)
  return `'${text.replaceAll("'", "''")}'`
}

/** PostgreSQL plans a prepared statement for its parameters, or once for all of them. */
const modes = ["force_custom_plan", "force_generic_plan"]
/** The modes of statements that are sent with their values each time. */
export const unprepared = ["force_custom_plan"]

const valuesOf = (parameters: ReadonlyArray<unknown>): string =>
  parameters.length === 0 ? "" : `(${parameters.map(literalOf).join(", ")})`

/** Prepares the statement, and gives the nodes of its plan in this mode after an effect, which may execute it. */
const planAfter = <E, R>(
  statement: Statement<object>,
  mode: string,
  before: (execute: string) => Effect.Effect<unknown, E, R>
) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [text, parameters] = statement.compile()
    const execute = `EXECUTE explained${valuesOf(parameters)}`
    yield* sql.unsafe(`SET LOCAL plan_cache_mode = ${mode}`)
    yield* sql.unsafe(`PREPARE explained AS ${text}`)
    yield* before(execute)
    const rows = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ Plan: Node }> }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${execute}`
    )
    yield* sql.unsafe("DEALLOCATE explained")
    return nodesOf(rows[0]?.["QUERY PLAN"][0]?.Plan as Node)
  }).pipe((planned) => Effect.flatMap(PgClient.PgClient, (sql) => sql.withTransaction(planned)))

/** The nodes of the plan for all values that a connection made before the effect, and has kept. */
export const planKept = <E, R>(statement: Statement<object>, meanwhile: Effect.Effect<unknown, E, R>) =>
  planAfter(statement, "force_generic_plan", (execute) =>
    Effect.flatMap(PgClient.PgClient, (sql) => Effect.zipRight(sql.unsafe(execute), meanwhile))
  )

/** The nodes of the plan in each mode. */
export const plansOf = (statement: Statement<object>, inModes: ReadonlyArray<string> = modes) =>
  Effect.forEach(inModes, (mode) => planAfter(statement, mode, () => Effect.void))

interface Reads {
  readonly scans: number
  readonly rows: number
}

const readsSoFar = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql<Reads>`SELECT seq_scan::int AS scans, idx_tup_fetch::int AS rows
    FROM pg_stat_xact_user_tables WHERE schemaname = 'runner_connector' AND relname = 'runner_job'`
)

/** How often the effect reads the table of jobs from one end to the other, and the rows that it reads by an index. */
export const readsOfJobs = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [[before], , [after]] = yield* sql.withTransaction(Effect.all([readsSoFar, effect, readsSoFar]))
    if (before === undefined || after === undefined) return yield* Effect.dieMessage("There are no figures")
    return { scans: after.scans - before.scans, rows: after.rows - before.rows }
  })
