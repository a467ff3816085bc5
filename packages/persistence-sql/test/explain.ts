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
