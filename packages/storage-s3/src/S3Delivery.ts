import { FileKey, FileNames, FileStorage, PlaylistUris } from "@runner-connector/core"
import { type Config, type ConfigError, Context, Duration, Effect, Layer, Option } from "effect"
import { config, type S3DeliveryOptions } from "./deliveryOptions.ts"

export { config, type S3DeliveryOptions } from "./deliveryOptions.ts"

/** Where players find the files of the bucket. The host serves what this does not. */
export class S3Delivery extends Context.Tag("@runner-connector/storage-s3/S3Delivery")<
  S3Delivery,
  {
    /** The lasting URL of a file, for documents. None when it is the host's own. */
    readonly permanentUrl: (key: FileKey.FileKey) => Option.Option<URL>
    /** Where the host redirects a request for this file. None when the host answers it. */
    readonly redirectTo: (
      key: FileKey.FileKey
    ) => Effect.Effect<Option.Option<URL>, FileStorage.FileNotFound | FileStorage.FileStorageError>
    /** A playlist as the host serves it, with signed URLs of the media beside it. One signature for each file. */
    readonly playlist: (
      key: FileKey.FileKey,
      text: string
    ) => Effect.Effect<string, FileStorage.FileNotFound | FileStorage.FileStorageError>
  }
>() {}

type Service = S3Delivery["Type"]

const isPlaylist = (name: string): boolean => name.endsWith(".m3u8")

const proxied: Service = {
  permanentUrl: () => Option.none(),
  redirectTo: () => Effect.succeedNone,
  playlist: (_key, text) => Effect.succeed(text)
}

/** The players' URL of a file below this address. */
const below = (base: URL, key: FileKey.FileKey): URL => {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${key.split("/").map(encodeURIComponent).join("/")}`
  return url
}

/** The file that a playlist names, if it is in the playlist's own folder and players may have it. */
const besides = (playlist: FileKey.FileKey, uri: string): Option.Option<FileKey.FileKey> => {
  const key = playlist.slice(0, playlist.lastIndexOf("/") + 1) + uri
  return /^[\w.-]+$/.test(uri) && FileKey.isFileKey(key)
    ? Option.filter(Option.some(FileKey.FileKey.make(key)), (found) => !FileNames.isWorkFile(found))
    : Option.none()
}

const signed = (storage: FileStorage.FileStorage["Type"], expiresIn: Duration.Duration): Service => {
  const urlOf = (key: FileKey.FileKey) => storage.downloadUrl(key, { expiresIn })
  return {
    permanentUrl: () => Option.none(),
    redirectTo: (key) => (isPlaylist(key) ? Effect.succeedNone : urlOf(key)),
    playlist: (key, text) =>
      Effect.gen(function* () {
        const urls = new Map<string, string>()
        for (const uri of PlaylistUris.urisOf(text).filter((uri) => !isPlaylist(uri))) {
          const media = besides(key, uri)
          const url = Option.isSome(media) ? yield* urlOf(media.value) : Option.none<URL>()
          if (Option.isSome(url)) urls.set(uri, url.value.href)
        }
        return PlaylistUris.mapUris(text, (uri) => urls.get(uri) ?? uri)
      })
  }
}

const make = (options: S3DeliveryOptions) =>
  Effect.map(FileStorage.FileStorage, (storage): Service => {
    switch (options.mode) {
      case "public":
        return {
          ...proxied,
          permanentUrl: (key) => Option.some(below(options.url, key)),
          redirectTo: (key) => Effect.succeedSome(below(options.url, key))
        }
      case "signed":
        return signed(storage, Duration.decode(options.lifetime ?? "6 hours"))
      case "proxied":
        return proxied
    }
  })

/** Serves the files of the storage beside it in this way. */
export const layer = (options: S3DeliveryOptions): Layer.Layer<S3Delivery, never, FileStorage.FileStorage> =>
  Layer.effect(S3Delivery, make(options))

/** Like `layer`, with options from the host's configuration, such as `config`. */
export const layerConfig = (
  options: Config.Config<S3DeliveryOptions> = config
): Layer.Layer<S3Delivery, ConfigError.ConfigError, FileStorage.FileStorage> =>
  Layer.unwrapEffect(Effect.map(options, layer))
