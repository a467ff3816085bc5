import { type DateTime, Schema } from "effect"
import { Labels } from "./Labels.ts"
import { type Runner, RunnerState } from "./Runner.ts"

/** The name of a runner: 1 to 100 characters that databases and JSON can hold. */
const Name = Schema.String.pipe(
  Schema.minLength(1, { message: () => "expected at least 1 character" }),
  Schema.maxLength(100, { message: () => "expected at most 100 characters" }),
  Schema.pattern(/^[^\0\p{Cs}]*$/u, { message: () => "expected text without NUL" })
)

/** The settings of a runner that an administrator changes. Missing values stay as they are. */
export const RunnerSettings = Schema.Struct({
  name: Schema.optional(Name),
  labels: Schema.optional(Labels),
  state: Schema.optional(RunnerState)
})
export type RunnerSettings = typeof RunnerSettings.Type

/** The runner with the given settings. */
export const withSettings = (
  runner: Runner,
  { labels = runner.labels, name = runner.name, state = runner.state }: RunnerSettings,
  now: DateTime.Utc
): Runner => ({ ...runner, name, labels, state, updatedAt: now })

/** The most uses of a registration token that has a limit. */
const MAX_USES = 1_000_000

/**
 * A request for a registration token: the labels of its runners, and its limits. No labels and no limits by default.
 */
export const TokenRequest = Schema.Struct({
  labels: Schema.optionalWith(Labels, { default: () => [] }),
  expiresAt: Schema.optionalWith(
    Schema.DateTimeUtc.annotations({ jsonSchema: { type: "string", format: "date-time" } }),
    { as: "Option", nullable: true }
  ),
  maxUses: Schema.optionalWith(Schema.Int.pipe(Schema.between(1, MAX_USES)), { as: "Option", nullable: true })
})
