import type { ApiWeb } from "@runner-connector/protocol"
import { Duration, Option } from "effect"
import { describedSettings } from "./docs/describedSettings.ts"
import { durationText } from "./docs/settingTables.ts"
import { config } from "./Settings.ts"

/** Names of settings whose values are never shown. */
const secretName = /TOKEN|SECRET|PASSWORD|CREDENTIAL|ACCESS_KEY|DATABASE_URL|REDIS_URL/

const hasPassword = (value: string): boolean => URL.canParse(value) && new URL(value).password !== ""

/** A default as it is written in the environment. Null when there is none. Lists have commas. */
const textOf = (value: unknown): string | null => {
  if (Option.isOption(value)) return textOf(Option.getOrNull(value))
  if (Duration.isDuration(value)) return durationText(value)
  const text = String(value ?? "")
  return text === "" ? null : text
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
