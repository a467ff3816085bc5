import type { ApiWeb } from "@runner-connector/protocol"
import { type Config, Duration, Option } from "effect"
import { describedSettings } from "./describedSettings.ts"
import { durationText } from "./durationText.ts"

/** Names that hide a value even where its configuration does not redact it. */
const secretName = /TOKEN|SECRET|PASSWORD|CREDENTIAL|ACCESS_KEY/

/** Whether an address in the text has a user name or a password. Some services take a token as the user name. */
const hasCredentials = (value: string): boolean => /\/\/[^/?#\s]*@/.test(value)

/** Whether an address in the text has a parameter that names a secret, such as the password of a database. */
const hasSecretParameter = (value: string): boolean =>
  /[?&;][^=&;#\s]*(?:token|secret|passw|pwd|key|sig|auth|credential)[^=&;#\s]*=[^&;#\s]/i.test(value)

/** A default as it is written in the environment. Null when there is none. Lists have commas. */
const textOf = (value: unknown): string | null => {
  if (Option.isOption(value)) return textOf(Option.getOrNull(value))
  if (Duration.isDuration(value)) return durationText(value)
  const text = String(value ?? "")
  return text === "" ? null : text
}

/** The variables of a configuration with their values and origins, without secrets. An empty variable counts as unset. */
export const shownSettings = (
  config: Config.Config<unknown>,
  environment: NodeJS.ProcessEnv
): ReadonlyArray<ApiWeb.Setting> =>
  describedSettings(config).map(({ description, fallback, isSecret, name }) => {
    const given = environment[name]
    const isSet = given !== undefined && given !== ""
    const value = isSet ? given : textOf(fallback?.value)
    const secret =
      isSecret || secretName.test(name) || (value !== null && (hasCredentials(value) || hasSecretParameter(value)))
    return {
      name,
      value: secret ? null : value,
      origin: isSet ? "environment" : "default",
      secret,
      description: description ?? null
    }
  })
