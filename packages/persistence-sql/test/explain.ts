import type { Statement } from "@effect/sql/Statement"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"

/** A node of a query plan. */
export interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
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

/**
 * The nodes of the plan that a connection has prepared, in this mode. It ran before the effect already, so a generic plan is the
 * one of that time.
 */
export const planKept = <E, R>(statement: Statement<object>, mode: string, meanwhile: Effect.Effect<unknown, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [text, parameters] = statement.compile()
    const values = valuesOf(parameters)
    yield* sql.unsafe(`SET LOCAL plan_cache_mode = ${mode}`)
    yield* sql.unsafe(`PREPARE explained AS ${text}`)
    yield* sql.unsafe(`EXECUTE explained${values}`)
    yield* meanwhile
    const rows = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ Plan: Node }> }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${values}`
    )
    yield* sql.unsafe("DEALLOCATE explained")
    return nodesOf(rows[0]?.["QUERY PLAN"][0]?.Plan as Node)
  }).pipe((planned) => Effect.flatMap(PgClient.PgClient, (sql) => sql.withTransaction(planned)))

/** The nodes of the plan in each mode. */
export const plansOf = (statement: Statement<object>, inModes: ReadonlyArray<string> = modes) =>
  Effect.forEach(inModes, (mode) =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const [text, parameters] = statement.compile()
      yield* sql.unsafe(`SET LOCAL plan_cache_mode = ${mode}`)
      yield* sql.unsafe(`PREPARE explained AS ${text}`)
      const values = valuesOf(parameters)
      const rows = yield* sql.unsafe<{ "QUERY PLAN": ReadonlyArray<{ Plan: Node }> }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained${values}`
      )
      yield* sql.unsafe("DEALLOCATE explained")
      return nodesOf(rows[0]?.["QUERY PLAN"][0]?.Plan as Node)
    }).pipe((planned) => Effect.flatMap(PgClient.PgClient, (sql) => sql.withTransaction(planned)))
  )
