import { optional } from "@runner-connector/cli/installation"
import { S3DeliveryOptions, S3StorageOptions } from "@runner-connector/storage-s3/config"
import { Config, Option } from "effect"

/** A bucket, and how players get its files. */
export interface S3Settings {
  readonly storage: S3StorageOptions.S3StorageOptions
  readonly delivery: S3DeliveryOptions.S3DeliveryOptions
}

/** None without `S3_BUCKET`: the files are in the data folder. */
export const s3: Config.Config<Option.Option<S3Settings>> = Config.all({
  bucket: optional(Config.string("S3_BUCKET")),
  settings: Config.option(Config.all({ storage: S3StorageOptions.config, delivery: S3DeliveryOptions.config }))
}).pipe(Config.map(({ bucket, settings }) => Option.zipRight(bucket, settings)))
