import { nearestName } from "@runner-connector/core"
import { type Config, ConfigError, ConfigProvider, Effect, Either } from "effect"

/** Names that begin so belong to this server. */
const own = /^(?:S3|REDIS|TRANSCODING)_/

/** Other programs use this beginning, too: only a name that is similar to a setting is a mistake. */
const shared = /^RUNNER_/

const mistakeIn = (name: string, known: ReadonlyArray<string>): ReadonlyArray<ConfigError.ConfigError> => {
  if (!(own.test(name) || shared.test(name)) || known.includes(name)) return []
  const meant = nearestName(name, known)
  if (meant !== undefined) return [ConfigError.Unsupported([name], `unknown setting, perhaps ${meant}`)]
  return own.test(name) ? [ConfigError.Unsupported([name], "unknown setting")] : []
}

/**
 * Reads the settings, and compares the names of all variables with those that were read. Fails with every invalid value
 * and every misspelt name.
 */
export const reportingMisspelt = <A>(
  config: Config.Config<A>,
  variables: ReadonlyArray<string>
): Effect.Effect<A, ConfigError.ConfigError> =>
  Effect.configProviderWith((provider) =>
    Effect.gen(function* () {
      const read = new Set<string>()
      const { flattened } = provider
      const recording = ConfigProvider.fromFlat({
        ...flattened,
        load: (path, primitive, split) => {
          read.add(path.join("_"))
          return flattened.load(path, primitive, split)
        }
      })
      const result = yield* Effect.either(recording.load(config))
      const known = [...read]
      const mistakes = variables.flatMap((name) => mistakeIn(name, known))
      const errors = Either.isLeft(result) ? [result.left, ...mistakes] : mistakes
      const [first, ...others] = errors
      return first === undefined
        ? yield* result
        : yield* Effect.fail(others.reduce((all, error) => ConfigError.And(all, error), first))
    })
  )
