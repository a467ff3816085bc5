import { parseArgs } from "node:util"
import { type OptionName, options, type ProgramOption } from "./options.ts"
import { unknownName } from "./problems.ts"
import type { Source } from "./Source.ts"

/** The command line: the options with a value, and the names of those without. */
export interface CommandLine extends Source {
  readonly switches: ReadonlySet<string>
}

const flags = options.map(({ name }) => `--${name}`)

const isSwitch = (name: string): boolean => options.some((option) => option.name === name && !("value" in option))

/** Reads all arguments. Reports every unknown option and every missing value. */
export const readCommandLine = (args: ReadonlyArray<string>): CommandLine => {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      options.map((option: ProgramOption) => [option.name, { type: option.value === undefined ? "boolean" : "string" }])
    )
  })
  const values = new Map<OptionName, Array<string>>()
  const switches = new Set<string>()
  const problems: Array<string> = []
  let unknownAt = Number.NaN
  for (const token of tokens) {
    if (token.kind === "positional") {
      // The value of an unknown option is part of the same problem.
      if (token.index !== unknownAt + 1) problems.push(`${token.value}: expected an option such as --url`)
    } else if (token.kind === "option") {
      const { name, rawName, value } = token
      const option = options.find((candidate) => candidate.name === name)
      if (option === undefined) {
        problems.push(unknownName(rawName, flags))
        unknownAt = token.index
      } else if (isSwitch(name)) {
        switches.add(name)
      } else if (value === undefined || (!token.inlineValue && value.startsWith("--"))) {
        problems.push(`--${name}: expected a value`)
      } else {
        values.set(option.name, [...(values.get(option.name) ?? []), value])
      }
    }
  }
  return { values, problems, switches, nameOf: (name) => `--${name}` }
}
