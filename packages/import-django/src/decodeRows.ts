import { Array as Arr, Either, ParseResult, Schema } from "effect"
import type { Row } from "./database/DjangoDatabase.ts"
import type { Table } from "./database/tables.ts"
import * as ImportReport from "./ImportReport.ts"

/** Names the columns only, because the values may be secrets. */
const reasonOf = (error: ParseResult.ParseError): string => {
  const columns = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => String(path[0] ?? "row"))
  return `it cannot be read: ${[...new Set(columns)].join(", ")}`
}

/** The readable rows, and the report about the others. */
export const decodeRows = <A, I>(
  table: Table,
  schema: Schema.Schema<A, I>,
  rows: ReadonlyArray<Row>
): { readonly rows: ReadonlyArray<A>; readonly report: ImportReport.ImportReport } => {
  const decode = Schema.decodeUnknownEither(schema, { errors: "all" })
  const decoded = rows.map((row) =>
    Either.mapLeft(decode(row), (error) => ImportReport.skipped(table, String(row.uuid ?? row.id), reasonOf(error)))
  )
  const [broken, readable] = Arr.separate(decoded)
  return { rows: readable, report: ImportReport.combineAll(broken) }
}
