import { Chunk, Data } from "effect"
import type { Table } from "./database/tables.ts"

/** How many rows of a table were read, and their fate. */
export interface Counts {
  readonly found: number
  readonly imported: number
  /** Imported by an earlier run. */
  readonly present: number
  readonly skipped: number
}

/** A row that was skipped, or that was imported with a change. */
export interface Note {
  readonly table: Table
  readonly id: string
  readonly skipped: boolean
  readonly reason: string
}

/** The result of an import, or of the part about one row. */
export interface ImportReport {
  readonly tables: Readonly<Record<string, Counts>>
  /** Imported rows by their new state, such as `runnerjob Pending`. */
  readonly states: Readonly<Record<string, number>>
  readonly notes: Chunk.Chunk<Note>
  /** Videos that could not be written now. Another run may import them. */
  readonly failed: number
}

const none: Counts = { found: 0, imported: 0, present: 0, skipped: 0 }

export const empty: ImportReport = { tables: {}, states: {}, notes: Chunk.empty(), failed: 0 }

const mergeWith = <A>(
  a: Readonly<Record<string, A>>,
  b: Readonly<Record<string, A>>,
  merge: (a: A, b: A) => A
): Readonly<Record<string, A>> => {
  const merged = { ...a }
  for (const [name, value] of Object.entries(b)) {
    const known = merged[name]
    merged[name] = known === undefined ? value : merge(known, value)
  }
  return merged
}

const sum = (a: number, b: number): number => a + b

const sumCounts = (a: Counts, b: Counts): Counts => ({
  found: a.found + b.found,
  imported: a.imported + b.imported,
  present: a.present + b.present,
  skipped: a.skipped + b.skipped
})

/** The report of both parts. */
export const combine = (a: ImportReport, b: ImportReport): ImportReport => ({
  tables: mergeWith(a.tables, b.tables, sumCounts),
  states: mergeWith(a.states, b.states, sum),
  notes: Chunk.appendAll(a.notes, b.notes),
  failed: a.failed + b.failed
})

export const combineAll = (parts: Iterable<ImportReport>): ImportReport => {
  let all = empty
  for (const part of parts) all = combine(all, part)
  return all
}

/** What happened to so many rows of a table. */
export const counted = (table: Table, fate: "imported" | "present" | "skipped", rows = 1): ImportReport =>
  rows === 0 ? empty : { ...empty, tables: { [table]: { ...none, found: rows, [fate]: rows } } }

/** An imported row in its new state. */
export const importedAs = (table: Table, state: string): ImportReport => ({
  ...counted(table, "imported"),
  states: { [`${table} ${state}`]: 1 }
})

/** A row that is not imported. */
export const skipped = (table: Table, id: string, reason: string): ImportReport => ({
  ...counted(table, "skipped"),
  notes: Chunk.of({ table, id, skipped: true, reason })
})

/** A row that is imported with a change. */
export const changed = (table: Table, id: string, reason: string): ImportReport => ({
  ...empty,
  notes: Chunk.of({ table, id, skipped: false, reason })
})

/** Nothing of a video was written, although its rows are right. */
export class VideoFailed extends Data.TaggedError("VideoFailed")<{ readonly message: string }> {}
