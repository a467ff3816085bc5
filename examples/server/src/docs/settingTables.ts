import { type DescribedSetting, durationText } from "@runner-connector/cli/installation"
import { Duration, Option } from "effect"

const sizes = [
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2]
] as const

const numberText = (value: number): string => {
  const [unit, size] = sizes.find(([, size]) => value >= size && value % size === 0) ?? ["", 1]
  return unit === "" ? String(value) : `${value / size} ${unit}`
}

const valueText = (value: unknown): string => {
  if (Option.isOption(value)) return Option.match(value, { onNone: () => "unset", onSome: valueText })
  if (Duration.isDuration(value)) return durationText(value)
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(",")
  if (typeof value === "boolean") return value ? "`on`" : "`off`"
  if (typeof value === "number") return numberText(value)
  return value === "" ? "unset" : `\`${String(value)}\``
}

/** A description may begin with a default that depends on other things. */
const statedDefault = /^Default: (.+?)\. /

const row = ({ description = "", fallback, name }: DescribedSetting): string => {
  const stated = statedDefault.exec(description)?.[1]
  const text = fallback === undefined ? "required" : valueText(fallback.value)
  return `| \`${name}\` | ${stated ?? text} | ${description.replace(statedDefault, "")} |`
}

const table = (settings: ReadonlyArray<DescribedSetting>): string =>
  ["| variable | default | meaning |", "| --- | --- | --- |", ...settings.map(row)].join("\n")

const block = /<!-- settings: ([\w* ]+) -->\n[\s\S]*?<!-- end of settings -->/g

/** A name, or the names with this beginning. */
const selected = (settings: ReadonlyArray<DescribedSetting>, pattern: string): ReadonlyArray<DescribedSetting> =>
  settings.filter(({ name }) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern))

/** A document with current tables, and what is wrong with the settings or the document. */
export interface Filled {
  readonly text: string
  readonly problems: ReadonlyArray<string>
}

/**
 * Fills the tables of a document. A table stands between `<!-- settings: NAME PREFIX_* -->` and `<!-- end of settings -->`.
 * Every setting must have a description and stand in one table.
 */
export const fillTables = (document: string, settings: ReadonlyArray<DescribedSetting>): Filled => {
  const listed: Array<string> = []
  const problems: Array<string> = []
  const text = document.replace(block, (_, patterns: string) => {
    const chosen = patterns.split(" ").flatMap((pattern) => {
      const found = selected(settings, pattern)
      if (found.length === 0) problems.push(`${pattern}: no setting has this name`)
      return found
    })
    listed.push(...chosen.map(({ name }) => name))
    return `<!-- settings: ${patterns} -->\n\n${table(chosen)}\n\n<!-- end of settings -->`
  })
  for (const { description, name } of settings) {
    const tables = listed.filter((one) => one === name).length
    if (description === undefined) problems.push(`${name}: give the setting a description with Config.withDescription`)
    if (tables === 0) problems.push(`${name}: add the name to a table of the document, in its comment`)
    if (tables > 1) problems.push(`${name}: the setting is in ${tables} tables`)
  }
  return { text, problems }
}
