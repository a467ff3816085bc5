import type { ApiWeb } from "@runner-connector/protocol"
import { Duration } from "effect"
import { describedSettings } from "./docs/describedSettings.ts"
import { config } from "./Settings.ts"

/** Names of settings whose values are never shown. */
const secretName = /TOKEN|SECRET|PASSWORD|CREDENTIAL|ACCESS_KEY|DATABASE_URL|REDIS_URL/

const hasPassword = (value: string): boolean => URL.canParse(value) && new URL(value).password !== ""

const textOf = (value: unknown): string | null => {
  if (value === undefined || value === null) return null
  if (Duration.isDuration(value)) return Duration.format(value)
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

/** The settings of this process with their origin, without secrets. An empty variable counts as unset. */
export const shownSettings = (environment: NodeJS.ProcessEnv): ReadonlyArray<ApiWeb.Setting> =>
  describedSettings(config).map(({ description, fallback, name }) => {
    const given = environment[name]
    const isSet = given !== undefined && given !== ""
    const value = isSet ? given : textOf(fallback?.value)
    const secret = secretName.test(name) || (value !== null && hasPassword(value))
    return {
      name,
      value: secret ? null : value,
      origin: isSet ? "environment" : "default",
      secret,
      description: description ?? null
    }
  })
