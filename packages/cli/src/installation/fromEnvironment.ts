import { ConnectorConfig } from "@runner-connector/core"
import type { ApiWeb } from "@runner-connector/protocol"
import { Config, type ConfigError, Effect, Layer, Option } from "effect"
import type { Refusal } from "../Refusal.ts"
import { host, localUrlOf, port, publicUrl } from "./addresses.ts"
import { database } from "./DatabaseSettings.ts"
import { dataDir, Installation } from "./Installation.ts"
import { loadOptional } from "./optionalPackages.ts"
import { optional } from "./settingKinds.ts"
import { shownSettings } from "./shownSettings.ts"

const bucket = optional(Config.withDescription(Config.string("S3_BUCKET"), "The bucket with the stored files."))

const config = Config.all({ host, port, publicUrl, dataDir, database, bucket, connector: ConnectorConfig.config })

const loadS3 = loadOptional("S3_BUCKET", () => import("@runner-connector/storage-s3/config"))

/** The installation that the environment describes, by the variables of its servers. Ignores variables of other programs. */
export const layer: Layer.Layer<Installation, ConfigError.ConfigError | Refusal> = Layer.effect(
  Installation,
  Effect.gen(function* () {
    const { bucket, connector, database, dataDir, publicUrl, ...address } = yield* config
    const s3 = yield* Effect.transposeMapOption(bucket, () =>
      Effect.flatMap(loadS3, ({ S3StorageOptions }) => S3StorageOptions.config)
    )
    const origin = Option.getOrElse(publicUrl, () => localUrlOf(address))
    return { ...database, connector, dataDir, publicUrl: origin, s3 }
  })
)

/** These variables with their values and origins, without secrets. */
export const settings: Effect.Effect<ReadonlyArray<ApiWeb.Setting>> = Effect.gen(function* () {
  const s3 = yield* Effect.option(loadS3)
  const all = Option.match(s3, {
    onNone: () => config,
    onSome: ({ S3StorageOptions }) => Config.all([config, S3StorageOptions.config])
  })
  return shownSettings(all, process.env)
})
