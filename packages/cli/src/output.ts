import { Options } from "@effect/cli"
import { type Persistence, Snapshot } from "@runner-connector/core"
import { Config, Console, DateTime, Effect, Option } from "effect"

/** A line of a list. Null: there is no value. */
export type Row = Readonly<Record<string, string | number | boolean | null>>

/** `--json`: for programs. */
export const json: Options.Options<boolean> = Options.boolean("json").pipe(
  Options.withDescription("Print JSON for programs")
)

/** The options of every list. */
export const listOptions = {
  json,
  limit: Options.integer("limit").pipe(
    Options.withDefault(100),
    Options.withDescription("The most rows to print; 100 unless given")
  ),
  all: Options.boolean("all").pipe(Options.withDescription("Print all rows"))
}

/** The values of `listOptions`. */
export interface ListOptions {
  readonly json: boolean
  readonly limit: number
  readonly all: boolean
}

/** Unicode text as JSON for programs, indented for people. */
export const printJson = (value: unknown): Effect.Effect<void> => Console.log(JSON.stringify(value, null, 2))

/** Prints what a command has changed, for programs only. People see no message. */
export const printChange = (json: boolean, value: unknown): Effect.Effect<void> =>
  json ? printJson(value) : Effect.void

/** Prints a result: the value for programs, or the text for people. */
export const printResult = (json: boolean, value: unknown, text: string): Effect.Effect<void> =>
  json ? printJson(value) : Console.log(text)

/** One line of text. Messages of runners can have codes that change a terminal, and line ends that break a table. */
export const withoutControls = (text: string): string => text.replace(/\p{Cc}+/gu, " ")

const textOf = (value: Row[string] | undefined): string => {
  if (value === null || value === undefined) return "-"
  return typeof value === "boolean" ? (value ? "yes" : "no") : withoutControls(String(value))
}

/** How wide the terminal is, and whether it shows bold text. */
interface Screen {
  readonly width: number
  readonly bold: boolean
}

/** None when the output goes to a file or a program, which must get whole lines without codes. */
const screen: Effect.Effect<Option.Option<Screen>> = Effect.gen(function* () {
  const { columns, isTTY } = process.stdout
  const plain = yield* Effect.orElseSucceed(Config.option(Config.string("NO_COLOR")), Option.none)
  return isTTY ? Option.some({ width: columns, bold: Option.isNone(plain) }) : Option.none()
})

/** Cuts between characters, not within one of two code units. */
const cut = (line: string, width: number): string => {
  const characters = [...line]
  return characters.length > width ? `${characters.slice(0, width - 1).join("")}…` : line
}

/** Rows under headings, in aligned columns, for `grep` and `awk`. On a screen the lines are as wide as that at most. */
const aligned = (rows: ReadonlyArray<Row>, screen: Option.Option<Screen>): string => {
  const columns = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => columns.map((name) => textOf(row[name])))
  const headings = columns.map((column) => column.toUpperCase())
  const widths = columns.map((_, index) => Math.max(...[headings, ...cells].map((line) => line[index]?.length ?? 0)))
  const lineOf = (line: ReadonlyArray<string>) => line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")
  const [first = "", ...others] = [headings, ...cells].map((line) => lineOf(line).trimEnd())
  return Option.match(screen, {
    onNone: () => [first, ...others],
    onSome: ({ bold, width }) => {
      const head = cut(first, width)
      return [bold ? `\u001b[1m${head}\u001b[0m` : head, ...others.map((line) => cut(line, width))]
    }
  }).join("\n")
}

/** Prints rows, or a sentence when there are none. */
export const printRows = (rows: ReadonlyArray<Row>, none: string, json = false): Effect.Effect<void> => {
  if (json) return printJson(rows)
  if (rows.length === 0) return Console.error(none)
  return Effect.flatMap(screen, (screen) => Console.log(aligned(rows, screen)))
}

/** The most rows of one read. */
const PAGE = 1000

/** Reads rows page by page, on one snapshot, until there are enough. Reports whether there are more. */
const collect = <A, E, R>(
  list: (page: Persistence.PageRequest) => Effect.Effect<Persistence.Page<A>, E, R>,
  limit: number
) =>
  Effect.gen(function* () {
    const found: Array<A> = []
    for (;;) {
      // One row more than wanted shows that there are more.
      const count = Math.min(PAGE, limit + 1 - found.length)
      const { data } = yield* list({ start: found.length, count })
      found.push(...data)
      if (found.length > limit) return { found: found.slice(0, limit), more: true }
      if (data.length < count) return { found, more: false }
    }
  })

/**
 * Prints a list: at most `--limit` rows, or all of them with `--all`. A sentence on stderr says when rows were left out.
 * Returns the number of rows.
 */
export const printList = <A, E, R>({
  list,
  none,
  options: { all, json, limit },
  row
}: {
  readonly options: ListOptions
  readonly list: (page: Persistence.PageRequest) => Effect.Effect<Persistence.Page<A>, E, R>
  readonly row: (item: A) => Row
  readonly none: string
}): Effect.Effect<number, E | Persistence.PersistenceError, R> =>
  Effect.gen(function* () {
    const onSnapshot = yield* Snapshot.Snapshot
    const { found, more } = yield* onSnapshot(collect(list, all ? Number.POSITIVE_INFINITY : limit))
    yield* printRows(found.map(row), none, json)
    if (more) yield* Console.error(`There are more than ${limit} rows. Use --limit or --all to see more.`)
    return found.length
  })

const factOf = (value: unknown): string => {
  if (Array.isArray(value) && value.length === 0) return "-"
  return textOf(typeof value === "object" && value !== null ? JSON.stringify(value) : (value as Row[string]))
}

/** Prints one record: a value in each line for people. */
export const printFacts = (json: boolean, facts: Readonly<Record<string, unknown>>): Effect.Effect<void> => {
  if (json) return printJson(facts)
  const width = Math.max(...Object.keys(facts).map((name) => name.length))
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(width)} ${factOf(value)}`)
  return Console.log(lines.join("\n"))
}

/** A list that is read at once, as a page. */
export const whole =
  <A, E, R>(read: Effect.Effect<ReadonlyArray<A>, E, R>) =>
  ({ count, start }: Persistence.PageRequest): Effect.Effect<Persistence.Page<A>, E, R> =>
    Effect.map(read, (rows) => ({ total: rows.length, data: rows.slice(start, start + count) }))

/** A moment as in the API. */
export const moment = DateTime.formatIso

/** The first line of an optional text. */
export const firstLine = (text: Option.Option<string>): string | null =>
  Option.match(text, { onNone: () => null, onSome: (some) => some.split("\n")[0] ?? "" })
