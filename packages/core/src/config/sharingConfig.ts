import { Config, ConfigError, Either, Schema } from "effect"
import { Label } from "../domain/runner/Labels.ts"
import { Tenant } from "../domain/video/Scheduling.ts"

/** A share of the runners, by which tenants are compared. */
const Weight = Schema.Number.pipe(Schema.between(0.001, 1000))

/** A number of jobs. */
const Limit = Schema.Int.pipe(Schema.between(1, 1_000_000))

type Numbers = Readonly<Record<string, number>>

/** A record with a schema for its keys would leave out other keys without a word. */
const numbersOf = (name: Schema.Schema<string>, value: Schema.Schema<number>): Schema.Schema<Numbers> =>
  Schema.Record({ key: Schema.String, value }).pipe(
    Schema.filter((numbers) => Object.keys(numbers).every(Schema.is(name)), { message: () => "expected valid names" })
  )

/** The weights of tenants as an application gives them. */
export const TenantWeights: Schema.Schema<Numbers> = numbersOf(Tenant, Weight)

/** The limits of tenants as an application gives them. `*` is the limit of every other tenant. */
export const TenantLimits: Schema.Schema<Numbers> = numbersOf(Tenant, Limit)

/** The limits of labels as an application gives them. */
export const LabelLimits: Schema.Schema<Numbers> = numbersOf(Label, Limit)

/** Splits at the last `=`, because the name of a tenant may contain one. */
const entryOf = (text: string): readonly [string, number] => {
  const at = text.lastIndexOf("=")
  const value = text.slice(at + 1).trim()
  return [text.slice(0, Math.max(0, at)).trim(), value === "" ? Number.NaN : Number(value)]
}

const numbers = (name: string, schema: Schema.Schema<Numbers>, expected: string, description: string) =>
  Config.string(name).pipe(
    Config.withDefault(""),
    Config.mapOrFail((text) => {
      const entries = text.split(",").filter((entry) => entry.trim() !== "")
      return Either.mapLeft(Schema.decodeEither(schema)(Object.fromEntries(entries.map(entryOf))), () =>
        ConfigError.InvalidData([name], expected)
      )
    }),
    Config.withDescription(description)
  )

/** `TENANT_WEIGHTS`: the shares of tenants. */
export const tenantWeightsConfig: Config.Config<Numbers> = numbers(
  "TENANT_WEIGHTS",
  TenantWeights,
  "expected tenants with weights above 0, such as acme=3,other=0.5",
  "Default: 1 for each tenant. How tenants share the runners, such as `acme=3,other=0.5`. See [scheduling](./scheduling.md#tenants)."
)

/** `TENANT_LIMITS`: how many jobs of tenants may run at once. */
export const tenantLimitsConfig: Config.Config<Numbers> = numbers(
  "TENANT_LIMITS",
  TenantLimits,
  "expected tenants with whole numbers above 0, such as acme=10,*=4",
  "Default: none. How many jobs of a tenant may run at once, such as `acme=10,*=4`. `*` is the limit of each other tenant, and of all jobs without a tenant together."
)

/** `LABEL_LIMITS`: how many jobs with a label may run at once. */
export const labelLimitsConfig: Config.Config<Numbers> = numbers(
  "LABEL_LIMITS",
  LabelLimits,
  "expected labels with whole numbers above 0, such as gpu=4",
  "Default: none. How many jobs that require a label may run at once, such as `gpu=4,site-berlin=10`."
)
