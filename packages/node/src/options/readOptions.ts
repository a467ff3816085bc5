import { nearestName } from "@runner-connector/core"
import { Either, ParseResult, Schema } from "effect"
import { InvalidOptions } from "../errors/index.ts"
import type { ConnectorOptions } from "./ConnectorOptions.ts"
import { type CoreSettings, readSettings } from "./coreSettings.ts"
import { Bucket, Folder, LocalRunner, Options } from "./schemas.ts"

type Given = Readonly<Record<string, unknown>>

/** Read by schemas of their own, because their form decides which one. */
const separate: ReadonlyArray<string> = ["storage", "localRunner", "settings", "layer"]

const known = [...Object.keys(Options.fields), ...separate]

/** Effect lists the alternatives of optional fields as well. */
const isAboutLeavingOut = ({ message }: ParseResult.ArrayFormatterIssue): boolean =>
  message.startsWith("Expected undefined,")

const sentence = ({ _tag, message, path }: ParseResult.ArrayFormatterIssue): string => {
  const place = path.join(".")
  if (_tag === "Missing") return `${place}: is missing`
  if (_tag !== "Unexpected") return `${place}: ${message}`
  const nearest = path.length === 1 ? nearestName(place, known) : undefined
  return `${place}: unknown option${nearest === undefined ? "" : `, did you mean ${nearest}?`}`
}

const faultsOf = <A, I>(schema: Schema.Schema<A, I>, value: unknown, place?: string): ReadonlyArray<string> => {
  const decoded = Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(value)
  if (Either.isRight(decoded)) return []
  return ParseResult.ArrayFormatter.formatErrorSync(decoded.left)
    .filter((issue) => !isAboutLeavingOut(issue))
    .map((issue) => sentence(place === undefined ? issue : { ...issue, path: [place, ...issue.path] }))
}

const faultsOfStorage = (storage: unknown): ReadonlyArray<string> => {
  if (storage === undefined) return []
  if (typeof storage !== "object" || storage === null) return ["storage: expected { folder } or { s3 }"]
  return "s3" in storage ? faultsOf(Bucket, storage, "storage") : faultsOf(Folder, storage, "storage")
}

const faultsOfRunner = (runner: unknown): ReadonlyArray<string> =>
  runner === undefined || typeof runner === "boolean" ? [] : faultsOf(LocalRunner, runner, "localRunner")

/** The options with everything that is read of them. */
export interface ReadOptions extends ConnectorOptions {
  readonly core: CoreSettings
  /** The layer of an Effect host. Only the entry `@runner-connector/node/effect` types it. */
  readonly layer?: unknown
}

/** Checks all options. Throws one error that lists every fault. */
export const readOptions = (options: ConnectorOptions): ReadOptions => {
  const given: Given = typeof options === "object" && options !== null ? { ...options } : {}
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !separate.includes(name)))
  const settings = readSettings(given.settings)
  const problems = [
    ...faultsOf(Options, rest),
    ...faultsOfStorage(given.storage),
    ...faultsOfRunner(given.localRunner),
    ...settings.problems
  ]
  if (problems.length === 0) return { ...options, core: settings.settings }
  throw new InvalidOptions({
    message: `The options of createConnector are invalid: ${problems.join("; ")}`,
    details: { problems }
  })
}
