import type { Statement } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr, DateTime, Option } from "effect"
import { jobRows } from "./rows.ts"

/** A tenant as text. No tenant has an empty name. */
const tenantName = Option.getOrElse(() => "")

/** Tenants and labels at their limits, as arrays of text. */
export interface Full<A> {
  readonly tenants: A
  readonly labels: A
}

/** The values of `Full`. */
export const namesOf = ({ full }: Pick<JobQueue.ClaimQuery, "full">): Full<ReadonlyArray<string>> => ({
  tenants: (full?.tenants ?? []).map(tenantName),
  labels: full?.labels ?? []
})

/** The parameters of the function in their order. */
const valuesOf = (query: JobQueue.ClaimQuery): ReadonlyArray<unknown> => {
  const { except = [], kept = false, turns = [], urgent = [] } = query
  const { labels, tenants } = namesOf(query)
  const documents = [query.requirements, query.labels].map((names) => JSON.stringify(names))
  const moments = [query.at, query.until].map(DateTime.formatIso)
  const order = [except, urgent, turns.map(tenantName)]
  return [
    query.runnerId,
    Arr.dedupe(query.types),
    ...documents,
    ...moments,
    ...order,
    tenants,
    labels,
    kept,
    query.limit
  ]
}

const CLAIM = `SELECT ${jobRows.columns}
  FROM runner_connector.claim_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS job`

/**
 * Lists the best pending jobs, and keeps the first of them for the runner. The rules are in the function, whose plans fit all
 * values and any size of the queue.
 */
export const claimJobs = (sql: PgClient.PgClient, query: JobQueue.ClaimQuery): Statement<object> =>
  sql.unsafe(CLAIM, valuesOf(query))
