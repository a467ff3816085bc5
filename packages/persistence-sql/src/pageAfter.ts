import type { Fragment } from "@effect/sql/Statement"
import type { PgClient } from "@effect/sql-pg"
import type { Persistence } from "@runner-connector/core"

/** A table whose rows have a number in the order of their insertion. */
interface Listed {
  /** Its alias in the list. */
  readonly alias: "job" | "video"
  readonly table: "runner_job" | "video"
  readonly number: "sequence" | "number"
}

/** The request of a page behind a row, in the order by number or by creation. Both have the newest row first. */
interface Request extends Persistence.PageAfterRequest<string> {
  readonly sort?: Persistence.Sort<string>
}

/** The condition of the rows that follow `after`. The row is looked up once for the whole list. */
export const isBehind = (
  sql: PgClient.PgClient,
  { alias, number, table }: Listed,
  { after, sort }: Request
): Fragment => {
  if (after === undefined) return sql`true`
  const own = (column: string) => sql.literal(`${alias}.${column}`)
  const its = (column: string) =>
    sql`(SELECT ${sql.literal(`mark.${column}`)} FROM ${sql.literal(`runner_connector.${table}`)} mark WHERE mark.id = ${after})`
  if (sort === undefined) return sql`${own(number)} < ${its(number)}`
  return sql`${own("created_at")} <= ${its("created_at")}
    AND (${own("created_at")} < ${its("created_at")} OR ${own(number)} > ${its(number)})`
}
