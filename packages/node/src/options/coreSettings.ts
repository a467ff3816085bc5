import { ConnectorConfig, nearestName } from "@runner-connector/core"
import { Duration, Option, Schema } from "effect"

/** Settings of the core beside those that are options of their own. */
export type CoreSettings = Partial<Omit<ConnectorConfig.ConnectorSettings, "publicUrl" | "transcoding" | "plan">>

const { plan: _plan, transcoding: _transcoding, ...others } = ConnectorConfig.defaults

const defaults: Readonly<Record<string, unknown>> = others

const isDuration = (value: unknown) => typeof value === "number" || typeof value === "string"

const asDuration = (value: unknown): Option.Option<Duration.Duration> =>
  isDuration(value)
    ? Option.filter(Duration.decodeUnknown(value), (read) => Duration.isFinite(read) && Duration.toMillis(read) >= 0)
    : Option.none()

type Named = Schema.Schema<ConnectorConfig.NamedValues<unknown>, ConnectorConfig.NamedValues<unknown>>

/** The end of the sentence, with the name of the wrong entry. */
const culprit = (schema: Named, given: unknown): string => {
  if (typeof given !== "object" || given === null) return ""
  const name = ConnectorConfig.wrongName(schema, given as ConnectorConfig.NamedValues<unknown>)
  return name === undefined ? "" : `, and not ${JSON.stringify(name)}`
}

/** Settings by names of the application. */
const records: Readonly<Record<string, { readonly schema: Named; readonly expected: string }>> = {
  jobLabels: {
    schema: ConnectorConfig.JobLabels,
    expected: 'expected labels such as { "video-transcription": ["gpu"] }'
  },
  tenantWeights: { schema: ConnectorConfig.TenantWeights, expected: "expected weights above 0 such as { acme: 3 }" },
  tenantLimits: {
    schema: ConnectorConfig.TenantLimits,
    expected: "expected whole numbers above 0 such as { acme: 10 }"
  },
  labelLimits: { schema: ConnectorConfig.LabelLimits, expected: "expected whole numbers above 0 such as { gpu: 4 }" }
} as never

/** A value in the form of the default. The reason when it has another form. */
const read = (name: string, value: unknown): { readonly value: unknown } | { readonly reason: string } => {
  const standard = defaults[name]
  if (Duration.isDuration(standard) || name === "retentionJobs") {
    const duration = asDuration(value)
    if (Option.isNone(duration)) return { reason: "expected milliseconds, or a duration such as 2 minutes" }
    return { value: name === "retentionJobs" ? duration : duration.value }
  }
  if (name === "languages") {
    return Array.isArray(value) && value.every((one) => typeof one === "string")
      ? { value: Option.some(value) }
      : { reason: "expected a list of languages such as en" }
  }
  const record = Object.hasOwn(records, name) ? records[name] : undefined
  if (record !== undefined) {
    const decoded = Schema.decodeUnknownOption(record.schema)(value)
    return Option.isSome(decoded)
      ? { value: decoded.value }
      : { reason: record.expected + culprit(record.schema, value) }
  }
  if (typeof standard === "number") {
    return Number.isInteger(value) && Number(value) >= 0 ? { value } : { reason: "expected a whole number" }
  }
  if (typeof standard === "boolean")
    return typeof value === "boolean" ? { value } : { reason: "expected true or false" }
  return { reason: "cannot be set here" }
}

const unknownName = (name: string): string => {
  const nearest = nearestName(name, Object.keys(defaults))
  return `settings.${name}: unknown setting${nearest === undefined ? "" : `, did you mean ${nearest}?`}`
}

/** Reads settings by their names in the core, with all faults. */
export const readSettings = (
  given: unknown
): { readonly settings: CoreSettings; readonly problems: ReadonlyArray<string> } => {
  if (given === undefined) return { settings: {}, problems: [] }
  if (typeof given !== "object" || given === null) return { settings: {}, problems: ["settings: expected an object"] }
  const settings: Record<string, unknown> = {}
  const problems: Array<string> = []
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const found = name in defaults ? read(name, value) : undefined
    if (found === undefined) problems.push(unknownName(name))
    else if ("reason" in found) problems.push(`settings.${name}: ${found.reason}`)
    else settings[name] = found.value
  }
  return { settings: settings as CoreSettings, problems }
}
