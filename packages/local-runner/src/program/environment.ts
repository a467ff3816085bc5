import { isOwnVariable, type OptionName, valued, variableOf } from "./options.ts"
import { unknownName } from "./problems.ts"
import type { Source } from "./Source.ts"

const known = valued.map(({ name }) => variableOf(name))

/** Splits a list at its commas. */
const listOf = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")

/** Reads the environment. An empty variable counts as unset, because Compose files set such variables. */
export const readEnvironment = (env: Readonly<Record<string, string | undefined>>): Source => {
  const values = new Map<OptionName, ReadonlyArray<string>>()
  for (const { isList, name } of valued) {
    const text = env[variableOf(name)] ?? ""
    if (text.trim() !== "") values.set(name as OptionName, isList ? listOf(text) : [text])
  }
  const unknown = Object.keys(env).filter((name) => isOwnVariable(name) && !known.includes(name))
  return { values, problems: unknown.map((name) => unknownName(name, known)), nameOf: variableOf }
}
