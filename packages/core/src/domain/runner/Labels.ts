import { Array as Arr, type Option, Order, Schema } from "effect"

/** A word that runners have and jobs require, such as `gpu` or `site-berlin`. */
export const Label: Schema.Schema<string> = Schema.String.pipe(
  Schema.pattern(/^[a-z0-9][a-z0-9._-]{0,49}$/, {
    message: () => "expected a label of 1 to 50 small letters, digits, dots, dashes and underscores"
  })
)

/** The most labels of a runner, a token or a video. */
const MAX_LABELS = 20

/** Each label once, in alphabetical order. */
export const normalized = (labels: ReadonlyArray<string>): ReadonlyArray<string> =>
  Arr.sort(Arr.dedupe(labels), Order.string)

/** Labels in a request: at most 20. The result has each once, in alphabetical order. */
export const Labels: Schema.Schema<ReadonlyArray<string>, ReadonlyArray<string>> = Schema.transform(
  Schema.Array(Label).pipe(Schema.maxItems(MAX_LABELS, { message: () => `expected at most ${MAX_LABELS} labels` })),
  Schema.Array(Schema.String),
  { strict: true, decode: normalized, encode: (labels) => labels }
)

/** The labels of a text that separates them by commas. Empty ones are left out. `Labels` checks the others. */
export const fromText = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((label) => label.trim())
    .filter((label) => label !== "")

/** The first required label that the runner lacks. */
export const missingLabel = (required: ReadonlyArray<string>, labels: ReadonlyArray<string>): Option.Option<string> =>
  Arr.findFirst(required, (label) => !labels.includes(label))

/** The labels that each job type requires. */
export type LabelsOfTypes = Readonly<Record<string, ReadonlyArray<string>>>
