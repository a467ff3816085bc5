import type { Fragment } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { JobQueue } from "@runner-connector/core"
import { Array as Arr, DateTime, Option } from "effect"

type Sql = PgClient.PgClient

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

/** Rows of this table whose tenant and labels are below their limits. */
export const notFull = (sql: Sql, table: string, { labels, tenants }: Full<Fragment>): Fragment => {
  const column = (name: string) => sql.literal(`${table}.${name}`)
  return sql.and([
    sql`coalesce(${column("tenant")}, '') <> ALL (${tenants})`,
    sql`NOT ${column("labels")} ?| ${labels}`
  ])
}

/**
 * The parameters of a claim in their order, each with its type and its value. The text names them by number, so it is the same
 * for all claims and is put together once.
 */
const parameters = {
  runnerId: ["integer", ({ runnerId }) => runnerId],
  types: ["text[]", ({ types }) => Arr.dedupe(types)],
  requirements: ["jsonb", ({ requirements }) => JSON.stringify(requirements)],
  labels: ["jsonb", ({ labels }) => JSON.stringify(labels)],
  at: ["timestamptz", ({ at }) => DateTime.formatIso(at)],
  until: ["timestamptz", ({ until }) => DateTime.formatIso(until)],
  except: ["uuid[]", ({ except = [] }) => except],
  urgent: ["text[]", ({ urgent = [] }) => urgent],
  turns: ["text[]", ({ turns = [] }) => turns.map(tenantName)],
  fullTenants: ["text[]", (query) => namesOf(query).tenants],
  fullLabels: ["text[]", (query) => namesOf(query).labels]
} satisfies Record<string, readonly [type: string, valueOf: (query: JobQueue.ClaimQuery) => unknown]>

const entries = Object.entries<readonly [string, (query: JobQueue.ClaimQuery) => unknown]>(parameters)

/** The values of the parameters. */
export const valuesOf = (query: JobQueue.ClaimQuery): ReadonlyArray<unknown> =>
  entries.map(([, [, valueOf]]) => valueOf(query))

/** What is written in the text of a claim. */
export interface Written extends Record<keyof typeof parameters, Fragment> {
  /** PostgreSQL takes any parameter after LIMIT for a tenth of the rows, and would sort the whole queue. */
  readonly limit: Fragment
  readonly kept: boolean
}

/** The names of the parameters in the text, which PostgreSQL reads with their types. */
export const writtenFor = (sql: Sql, kept: boolean, limit: number): Written => {
  const places = entries.map(([name, [type]], index) => [name, sql.literal(`$${index + 1}::${type}`)] as const)
  const written = Object.fromEntries(places) as Record<keyof typeof parameters, Fragment>
  return { ...written, limit: sql.literal(String(Math.trunc(limit))), kept }
}

/** Jobs that the runner may see, in a table of this name. The last element of `kept_for` is the runner of `kept_until`. */
export const isFor = (sql: Sql, table: string, written: Written): Fragment => {
  const { at, except, fullLabels, fullTenants, labels, requirements, runnerId } = written
  const column = (name: string) => sql.literal(`${table}.${name}`)
  const kept = sql`(${column("kept_until")} IS NULL OR ${column("kept_until")} <= ${at}
    OR ${column("kept_for")}[cardinality(${column("kept_for")})] = ${runnerId})`
  return sql.and([
    sql`${column("state")} = 'Pending'`,
    sql`(${column("not_before")} IS NULL OR ${column("not_before")} <= ${at})`,
    sql`${column("requirements")} <@ ${requirements}`,
    sql`NOT ${column("avoided")} @> to_jsonb(${runnerId})`,
    sql`${column("labels")} <@ ${labels}`,
    sql`${column("id")} <> ALL (${except})`,
    notFull(sql, table, { tenants: fullTenants, labels: fullLabels }),
    ...(written.kept ? [] : [kept])
  ])
}

/** The lanes whose jobs the runner can take, under this name of the table. */
export const isOpenLane = (sql: Sql, { fullLabels, fullTenants, labels, requirements }: Written): Fragment =>
  sql.and([
    sql`lane.requirements <@ ${requirements}`,
    sql`lane.labels <@ ${labels}`,
    notFull(sql, "lane", { tenants: fullTenants, labels: fullLabels })
  ])
