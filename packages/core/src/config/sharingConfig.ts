import { type Config, Schema } from "effect"
import { Label } from "../domain/runner/Labels.ts"
import { Tenant } from "../domain/video/Scheduling.ts"
import { type NamedValues, namedValues, namedValuesConfig } from "./namedValues.ts"

/** A share of the runners, by which tenants are compared. */
const Weight = Schema.Number.pipe(Schema.between(0.001, 1000))

/** A number of jobs. */
const Limit = Schema.Int.pipe(Schema.between(1, 1_000_000))

type Numbers = NamedValues<number>

/** The weights of tenants as an application gives them. */
export const TenantWeights: Schema.Schema<Numbers> = namedValues(Tenant, Weight)

/** The limits of tenants as an application gives them. `*` is the limit of every other tenant. */
export const TenantLimits: Schema.Schema<Numbers> = namedValues(Tenant, Limit)

/** The limits of labels as an application gives them. */
export const LabelLimits: Schema.Schema<Numbers> = namedValues(Label, Limit)

/** Splits at the last `=`, because the name of a tenant may contain one. */
const split = (entry: string): readonly [string, number] => {
  const at = entry.lastIndexOf("=")
  const value = entry.slice(at + 1).trim()
  return [entry.slice(0, Math.max(0, at)).trim(), value === "" ? Number.NaN : Number(value)]
}

/** `TENANT_WEIGHTS`: the shares of tenants. */
export const tenantWeightsConfig: Config.Config<Numbers> = namedValuesConfig("TENANT_WEIGHTS", {
  schema: TenantWeights,
  split,
  expected: "expected tenants with weights above 0, such as acme=3,other=0.5",
  description:
    "Default: 1 for each tenant. How tenants share the runners, such as `acme=3,other=0.5`. See [scheduling](./scheduling.md#tenants)."
})

/** `TENANT_LIMITS`: how many jobs of tenants may run at once. */
export const tenantLimitsConfig: Config.Config<Numbers> = namedValuesConfig("TENANT_LIMITS", {
  schema: TenantLimits,
  split,
  expected: "expected tenants with whole numbers above 0, such as acme=10,*=4",
  description:
    "Default: none. How many jobs of a tenant may run at once, such as `acme=10,*=4`. `*` is the limit of each other tenant, and of all jobs without a tenant together."
})

/** `LABEL_LIMITS`: how many jobs with a label may run at once. */
export const labelLimitsConfig: Config.Config<Numbers> = namedValuesConfig("LABEL_LIMITS", {
  schema: LabelLimits,
  split,
  expected: "expected labels with whole numbers above 0, such as gpu=4",
  description: "Default: none. How many jobs that require a label may run at once, such as `gpu=4,site-berlin=10`."
})
