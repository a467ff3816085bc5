import { Config, ConfigError, Context, Effect, Either, Layer } from "effect"
import { parsePublicOrigin } from "../domain/PublicOrigin.ts"
import { type ConnectorSettings, defaults } from "./ConnectorSettings.ts"
import { config } from "./connectorEnvironment.ts"

export { JobLabels } from "./jobLabelsConfig.ts"
export { type NamedValues, unknownJobTypes, wrongName } from "./namedValues.ts"
export { LabelLimits, TenantLimits, TenantWeights } from "./sharingConfig.ts"
export { type ConnectorSettings, config, defaults }

/** The settings of the connector, as the use cases read them. */
export class ConnectorConfig extends Context.Tag("@runner-connector/core/ConnectorConfig")<
  ConnectorConfig,
  ConnectorSettings
>() {}

/** Settings from the host. Missing ones have their defaults. Dies when `publicUrl` is not the root of a host. */
export const layer = (
  settings: Partial<ConnectorSettings> & Pick<ConnectorSettings, "publicUrl">
): Layer.Layer<ConnectorConfig> =>
  Layer.effect(
    ConnectorConfig,
    Either.match(parsePublicOrigin(settings.publicUrl.href), {
      onLeft: (reason) => Effect.dieMessage(`publicUrl: ${reason}`),
      onRight: () => Effect.succeed({ ...defaults, ...settings })
    })
  )

/**
 * Settings from the environment (Effect's config provider), and the public URL from the host. Fails when that is not the
 * root of a host.
 */
export const layerFromEnv = (publicUrl: URL): Layer.Layer<ConnectorConfig, ConfigError.ConfigError> =>
  Layer.effect(
    ConnectorConfig,
    Config.mapOrFail(config, (settings) =>
      Either.mapBoth(parsePublicOrigin(publicUrl.href), {
        onLeft: (reason) => ConfigError.InvalidData(["publicUrl"], reason),
        onRight: () => ({ ...settings, publicUrl })
      })
    )
  )
