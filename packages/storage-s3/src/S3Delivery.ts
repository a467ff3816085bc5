import { type FileKey, FileStorage, MediaDelivery } from "@runner-connector/core"
import { type Config, type ConfigError, Duration, Effect, Layer, Option } from "effect"
import { config, type S3DeliveryOptions } from "./deliveryOptions.ts"

export { config, type S3DeliveryOptions } from "./deliveryOptions.ts"

/** The players' URL of a file below this address. */
const below = (base: URL, key: FileKey.FileKey): URL => {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${key.split("/").map(encodeURIComponent).join("/")}`
  return url
}

const make = (options: S3DeliveryOptions) =>
  Effect.map(FileStorage.FileStorage, (storage): MediaDelivery.Delivery => {
    switch (options.mode) {
      case "public":
        return { ...MediaDelivery.proxied, permanentUrl: (key) => Option.some(below(options.url, key)) }
      case "signed": {
        const expiresIn = Duration.decode(options.lifetime ?? "6 hours")
        return { ...MediaDelivery.proxied, temporaryUrl: (key) => storage.downloadUrl(key, { expiresIn }) }
      }
      case "proxied":
        return MediaDelivery.proxied
    }
  })

/** Players get the files of the storage in this way. */
export const layer = (
  options: S3DeliveryOptions
): Layer.Layer<MediaDelivery.MediaDelivery, never, FileStorage.FileStorage> =>
  Layer.effect(MediaDelivery.MediaDelivery, make(options))

/** Like `layer`, with options from the host's configuration, such as `config`. */
export const layerConfig = (
  options: Config.Config<S3DeliveryOptions> = config
): Layer.Layer<MediaDelivery.MediaDelivery, ConfigError.ConfigError, FileStorage.FileStorage> =>
  Layer.unwrapEffect(Effect.map(options, layer))
