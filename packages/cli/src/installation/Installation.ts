import { ConnectorConfig } from "@runner-connector/core"
import type { S3StorageOptions } from "@runner-connector/storage-s3/config"
import { Config, Context, Effect, Layer, type Option } from "effect"
import type { DatabaseSettings } from "./DatabaseSettings.ts"

/** The database, the files and the address of the servers that commands administer. */
export interface InstallationSettings extends DatabaseSettings {
  /** The origin that runners use. */
  readonly publicUrl: URL
  /** The folder of the embedded database and of the stored files, unless others are set. */
  readonly dataDir: string
  /** The bucket that stores the files instead of the data folder. */
  readonly s3: Option.Option<S3StorageOptions.S3StorageOptions>
  /** The settings of the connector, apart from its address. */
  readonly connector: Omit<ConnectorConfig.ConnectorSettings, "publicUrl">
}

/** The installation that commands administer. It must have the settings of its servers. */
export class Installation extends Context.Tag("@runner-connector/cli/Installation")<
  Installation,
  InstallationSettings
>() {}

/** The settings of the use cases. */
export const connector: Layer.Layer<ConnectorConfig.ConnectorConfig, never, Installation> = Layer.effect(
  ConnectorConfig.ConnectorConfig,
  Effect.map(Installation, ({ connector, publicUrl }) => ({ ...connector, publicUrl }))
)

/** DATA_DIR: the folder of everything that an installation stores itself. */
export const dataDir: Config.Config<string> = Config.withDefault(
  Config.withDescription(
    Config.nonEmptyString("DATA_DIR"),
    "Folder for the embedded database, stored videos and secrets. New files in it are readable by the server's user only."
  ),
  ".data"
)
