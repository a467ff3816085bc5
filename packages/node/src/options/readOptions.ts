import { ConnectorConfig, JobType, nearestName } from "@runner-connector/core"
import { Array as Arr, Either, ParseResult, Schema } from "effect"
import { InvalidOptions } from "../errors/index.ts"
import type { ConnectorOptions } from "./ConnectorOptions.ts"
import { type CoreSettings, readSettings } from "./coreSettings.ts"
import { Bucket, Folder, LocalRunner, Options, Playing, SignedPlaying } from "./schemas.ts"

type Given = Readonly<Record<string, unknown>>

/** Read by schemas of their own, because their form decides which one. */
const separate: ReadonlyArray<string> = ["storage", "localRunner", "playback", "settings", "layer"]

const known = [...Object.keys(Options.fields), ...separate]

/** Effect lists the alternatives of optional fields as well. */
const isAboutLeavingOut = ({ message }: ParseResult.ArrayFormatterIssue): boolean =>
  message.startsWith("Expected undefined,")

const expected = /^Expected (.*), actual .*$/

/** One sentence about a place. Effect reports each alternative of it by itself. */
const sentence = (place: string, issues: ReadonlyArray<ParseResult.ArrayFormatterIssue>): string => {
  const [first] = issues
  if (first === undefined || first._tag === "Missing") return `${place}: is missing`
  if (first._tag === "Unexpected") {
    const nearest = first.path.length === 1 ? nearestName(place, known) : undefined
    return `${place}: unknown option${nearest === undefined ? "" : `, did you mean ${nearest}?`}`
  }
  const alternatives = issues.flatMap(({ message }) => expected.exec(message)?.[1] ?? [])
  return `${place}: ${alternatives.length === 0 ? first.message : `expected ${alternatives.join(" or ")}`}`
}

const faultsOf = <A, I>(schema: Schema.Schema<A, I>, value: unknown, within = ""): ReadonlyArray<string> => {
  const decoded = Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(value)
  if (Either.isRight(decoded)) return []
  const issues = ParseResult.ArrayFormatter.formatErrorSync(decoded.left).filter((issue) => !isAboutLeavingOut(issue))
  const places = Arr.groupBy(issues, ({ path }) => path.join("."))
  return Object.entries(places).map(([place, found]) => sentence([within, place].filter(Boolean).join("."), found))
}

const faultsOfStorage = (storage: unknown): ReadonlyArray<string> => {
  if (storage === undefined) return []
  if (typeof storage !== "object" || storage === null) return ["storage: expected { folder } or { s3 }"]
  return "s3" in storage ? faultsOf(Bucket, storage, "storage") : faultsOf(Folder, storage, "storage")
}

const faultsOfRunner = (runner: unknown): ReadonlyArray<string> =>
  runner === undefined || typeof runner === "boolean" ? [] : faultsOf(LocalRunner, runner, "localRunner")

const faultsOfPlayback = (playback: unknown): ReadonlyArray<string> => {
  if (playback === undefined) return []
  if (typeof playback !== "object" || playback === null) return ["playback: expected { access }"]
  const isSigned = "access" in playback && typeof playback.access === "object" && playback.access !== null
  return isSigned ? faultsOf(SignedPlaying, playback, "playback") : faultsOf(Playing, playback, "playback")
}

/** Routes that nobody could use. The layer of an Effect host may have administrators. */
const faultsOfApi = ({ adminToken, api, isAdministrator, layer, uploads }: Given): ReadonlyArray<string> => [
  ...(uploads !== undefined && api === undefined ? ["uploads: needs the option api, whose path they use"] : []),
  ...(api !== undefined && [adminToken, isAdministrator, layer].every((given) => given === undefined)
    ? ["api: needs adminToken or isAdministrator, which say who may use it"]
    : [])
]

/** Labels of job types that this connector does not have. */
const faultsOfLabels = ({ jobLabels = {} }: CoreSettings, jobTypes: unknown): ReadonlyArray<string> => {
  const own = Array.isArray(jobTypes) ? jobTypes.map((type) => String(type?.name)) : []
  const known = [...JobType.builtIn.map(({ name }) => name), ...own]
  return ConnectorConfig.unknownJobTypes(jobLabels, known).map((sentence) => `settings.jobLabels: ${sentence}`)
}

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
    ...faultsOfPlayback(given.playback),
    ...faultsOfApi(given),
    ...settings.problems,
    ...faultsOfLabels(settings.settings, given.jobTypes)
  ]
  if (problems.length === 0) return { ...options, core: settings.settings }
  throw new InvalidOptions({
    message: `The options of createConnector are invalid: ${problems.join("; ")}`,
    details: { problems }
  })
}
