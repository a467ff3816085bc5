import { Schema } from "effect"
import { Labels } from "../runner/Labels.ts"

/** The customer of a host, by whom its runners are shared: at most 100 characters without control characters. */
export const Tenant: Schema.Schema<string> = Schema.String.pipe(
  Schema.minLength(1, { message: () => "expected at least 1 character" }),
  Schema.maxLength(100, { message: () => "expected at most 100 characters" }),
  Schema.pattern(/^[^\p{Cc}\p{Cs}]*$/u, { message: () => "expected text without control characters" })
)

/** The farthest priority from normal. */
const FARTHEST = 10

const levels = { high: 1, normal: 0, low: -1 } as const

const message = () => `expected high, normal, low, or a whole number from -${FARTHEST} to ${FARTHEST}`

/** How urgent a video is, in a request: `high` (1), `normal` (0), `low` (-1), or a number from -10 to 10. Higher runs first. */
export type Priority = keyof typeof levels | number

const isLevel = (value: unknown): value is keyof typeof levels =>
  typeof value === "string" && Object.hasOwn(levels, value)

const isPriority = (value: unknown): value is Priority =>
  isLevel(value) || (typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= FARTHEST)

/** The priority as stored: a number. */
export const PriorityNumber: Schema.Schema<number, Priority> = Schema.transform(
  Schema.declare(isPriority, { identifier: "Priority" }).annotations({
    message,
    jsonSchema: {
      anyOf: [
        { type: "string", enum: Object.keys(levels) },
        { type: "integer", minimum: -FARTHEST, maximum: FARTHEST }
      ]
    }
  }),
  Schema.Int,
  { strict: true, decode: (value) => (isLevel(value) ? levels[value] : value), encode: (value) => value }
)

/** The facts that decide when and where the jobs of a video run. */
export interface Scheduling {
  /** The labels that every job of the video requires of its runner. */
  readonly labels?: ReadonlyArray<string> | undefined
  /** The customer who shares the runners with others. */
  readonly tenant?: string | undefined
  /** `normal` by default. */
  readonly priority?: Priority | undefined
}

/** The fields of `Scheduling` in a request. */
export const schedulingFields = {
  labels: Schema.optionalWith(Labels, { default: () => [] }),
  tenant: Schema.OptionFromUndefinedOr(Tenant),
  priority: Schema.optionalWith(PriorityNumber, { default: () => 0 })
}
