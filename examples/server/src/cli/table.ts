import { Console, type Effect } from "effect"

/** Rows under headings, in aligned columns, for `grep` and `awk`. */
const aligned = (rows: ReadonlyArray<Readonly<Record<string, string>>>): string => {
  const columns = Object.keys(rows[0] ?? {})
  const lines = [columns.map((column) => column.toUpperCase()), ...rows.map((row) => columns.map((c) => row[c] ?? ""))]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

/** Prints a list, or a sentence when it is empty. */
export const printRows = (rows: ReadonlyArray<Readonly<Record<string, string>>>, none: string): Effect.Effect<void> =>
  rows.length === 0 ? Console.error(none) : Console.log(aligned(rows))

/** A list shows the hundred newest rows. */
export const PAGE = { start: 0, count: 100 }
