import { Labels, Scheduling } from "@runner-connector/core"
import { Schema } from "effect"
import { type GivenPriority, PriorityField } from "./fields.ts"

const { Tenant } = Scheduling

/** What decides when and where the jobs of a new video run, as members of a JSON body. */
export const inJson = {
  labels: Schema.optionalWith(Labels.Labels, { exact: true }),
  tenant: Schema.optionalWith(Tenant, { exact: true }),
  priority: Schema.optionalWith(PriorityField, { exact: true })
}

/** Labels separated by commas. */
const LabelText = Schema.transform(Schema.String, Labels.Labels, {
  strict: true,
  decode: Labels.fromText,
  encode: (labels) => labels.join(",")
})

/** `high`, `normal`, `low`, or the digits of a number. */
const PriorityText = Schema.transform(Schema.String, PriorityField, {
  strict: true,
  decode: (text) => (/^-?\d{1,2}$/.test(text) ? Number(text) : text) as GivenPriority,
  encode: String
})

/** The same as text fields of a form. */
export const inForm = {
  labels: Schema.optionalWith(LabelText, { exact: true }),
  tenant: Schema.optionalWith(Tenant, { exact: true }),
  priority: Schema.optionalWith(PriorityText, { exact: true })
}
