import { parse, TomlError } from "smol-toml"
import { type OptionName, valued } from "./options.ts"
import { unknownName } from "./problems.ts"
import type { Source } from "./Source.ts"

/** The members of a table of `[[servers]]`. */
const serverKeys = ["url", "registration-token", "registration-token-file", "name", "description"] as const
export type ServerKey = (typeof serverKeys)[number]

/** One table of `[[servers]]`. */
export type ServerTable = Partial<Readonly<Record<ServerKey, string>>>

/** The TOML file: options for all servers, and the servers. */
export interface TomlFile extends Source {
  readonly servers: ReadonlyArray<ServerTable>
}

const keys = valued.map(({ name }) => name).filter((name) => name !== "config")

const isScalar = (value: unknown): value is string | number | bigint =>
  ["string", "number", "bigint"].includes(typeof value)

/** A value as the texts that the command line would have. None when it has another type. */
const textsOf = (value: unknown, isList: boolean): ReadonlyArray<string> | undefined => {
  if (isScalar(value)) return [String(value)]
  return isList && Array.isArray(value) && value.every(isScalar) ? value.map(String) : undefined
}

const readServer = (table: unknown, place: string, problems: Array<string>): ServerTable => {
  if (typeof table !== "object" || table === null) {
    problems.push(`${place}: expected a table [[servers]]`)
    return {}
  }
  const texts = Object.entries(table).flatMap(([key, value]) => {
    if (!serverKeys.some((known) => known === key)) problems.push(`${place}: ${unknownName(key, serverKeys)}`)
    else if (typeof value !== "string") problems.push(`${place}: ${key}: expected a text`)
    else return [[key, value] as const]
    return []
  })
  return Object.fromEntries(texts)
}

/** Reads the text of the file. Reports every unknown key and every value of another type. */
export const readToml = (file: string, text: string): TomlFile => {
  const problems: Array<string> = []
  const values = new Map<OptionName, ReadonlyArray<string>>()
  const nameOf = (name: string) => `${file}: ${name}`
  const done = (servers: ReadonlyArray<ServerTable>) => ({ values, problems, servers, nameOf })
  try {
    const { servers = [], ...others } = parse(text)
    for (const [key, value] of Object.entries(others)) {
      const option = valued.find(({ name }) => name === key && name !== "config")
      const texts = option && textsOf(value, option.isList === true)
      if (option === undefined) problems.push(nameOf(unknownName(key, [...keys, "servers"])))
      else if (texts === undefined) problems.push(`${nameOf(key)}: expected ${option.isList ? "a list" : "a text"}`)
      else values.set(option.name as OptionName, texts)
    }
    const tables = Array.isArray(servers) ? servers : [servers]
    return done(tables.map((table, index) => readServer(table, `${file}: servers[${index}]`, problems)))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    problems.push(`${file}: ${error.message.split("\n")[0]}`)
    return done([])
  }
}
