import type { ImportReport } from "@runner-connector/import-django"
import { Chunk, Console, Effect } from "effect"
import { printRows } from "../output.ts"

const total = (report: ImportReport.ImportReport, fate: keyof ImportReport.Counts): number =>
  Object.values(report.tables).reduce((sum, counts) => sum + counts[fate], 0)

/** One line about an import. */
export const sentenceOf = (report: ImportReport.ImportReport): string =>
  [
    `${total(report, "found")} rows read`,
    `${total(report, "imported")} imported`,
    `${total(report, "present")} imported before`,
    `${total(report, "skipped")} skipped`
  ].join(", ")

const noteLine = ({ id, reason, table }: ImportReport.Note): string => `${table} ${id}: ${reason}.`

/** Prints the counts per table and state, and then each row that was skipped or changed, with the reason. */
export const printReport = (report: ImportReport.ImportReport): Effect.Effect<void> =>
  Effect.gen(function* () {
    const tables = Object.entries(report.tables).map(([table, counts]) => ({
      table,
      found: String(counts.found),
      imported: String(counts.imported),
      present: String(counts.present),
      skipped: String(counts.skipped)
    }))
    yield* printRows(tables, "The tables are empty.")
    const states = Object.entries(report.states).map(([name, count]) => {
      const [table = "", state = ""] = name.split(" ")
      return { table, "new state": state, imported: String(count) }
    })
    if (states.length > 0) yield* Effect.zipRight(Console.log(""), printRows(states, ""))
    const [changed, skipped] = Chunk.partition(report.notes, (note) => note.skipped)
    for (const [title, notes] of [
      ["Skipped:", skipped],
      ["Imported with a change:", changed]
    ] as const) {
      if (Chunk.isEmpty(notes)) continue
      yield* Console.log(`\n${title}`)
      yield* Effect.forEach(notes, (note) => Console.log(noteLine(note)), { discard: true })
    }
  })
