import { type Config, ConfigError, ConfigProvider, ConfigProviderPathPatch, Effect, HashSet } from "effect"
import { nearestName } from "./nearestName.ts"

/**
 * Returns the names of all variables that the configuration reads. They need no list of their own: a provider without
 * values records each name that is read. Settings that are read only in some cases must be read always to be found.
 */
export const namesOf = (config: Config.Config<unknown>): Effect.Effect<ReadonlySet<string>> => {
  const names = new Set<string>()
  const recorder = ConfigProvider.fromFlat(
    ConfigProvider.makeFlat({
      load: (path) => {
        names.add(path.join("_"))
        return Effect.fail(ConfigError.MissingData([...path], "recorded"))
      },
      enumerateChildren: () => Effect.succeed(HashSet.empty()),
      patch: ConfigProviderPathPatch.empty
    })
  )
  return Effect.as(Effect.ignore(recorder.load(config)), names)
}

const prefixOf = (name: string): string => name.slice(0, name.indexOf("_") + 1)

/** Compares the names without their common prefix, which would make all of them alike. */
const meantBy = (name: string, known: ReadonlySet<string>): string | undefined => {
  const prefix = prefixOf(name)
  const rests = [...known].filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))
  const rest = nearestName(name.slice(prefix.length), rests)
  return rest === undefined ? undefined : prefix + rest
}

/** Kubernetes sets such variables for every service, so a service `redis` sets `REDIS_PORT`. */
const isOfKubernetes = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP)/.test(name) || /^(tcp|udp):\/\//.test(value)

/**
 * Finds variables that look like settings but are none, by the first word of their names. Others may set variables with
 * these prefixes, such as `RUNNER_TEMP`, so a name is reported when it resembles a setting, or when its prefix is among
 * `own`, which no other program uses.
 */
export const misspeltNames = (
  environment: Readonly<Record<string, string | undefined>>,
  known: ReadonlySet<string>,
  own: ReadonlyArray<string>
): ReadonlyArray<ConfigError.ConfigError> => {
  const prefixes = new Set([...known].map(prefixOf).filter((prefix) => prefix !== ""))
  return Object.entries(environment).flatMap(([name, value = ""]) => {
    if (known.has(name) || !prefixes.has(prefixOf(name)) || isOfKubernetes(name, value)) return []
    const meant = meantBy(name, known)
    if (meant === undefined && !own.includes(prefixOf(name))) return []
    const hint = meant === undefined ? "" : `. Did you mean ${meant}?`
    return [ConfigError.InvalidData([name], `there is no such setting${hint}`)]
  })
}

/** Fails with all errors at once. */
export const failWithAll = (
  errors: ReadonlyArray<ConfigError.ConfigError>
): Effect.Effect<void, ConfigError.ConfigError> => {
  const [first, ...others] = errors
  return first === undefined ? Effect.void : Effect.fail(others.reduce((all, one) => ConfigError.And(all, one), first))
}
