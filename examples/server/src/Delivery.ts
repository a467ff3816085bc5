import type { FileKey, FileStorage } from "@runner-connector/core"
import { Context, Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

/** Where players find stored files. */
export class Delivery extends Context.Tag("@runner-connector/example-server/Delivery")<
  Delivery,
  {
    /** The URL of a file in documents. */
    readonly urlOf: (key: FileKey.FileKey) => string
    /** Where a request for this file is redirected. None when the server answers it. */
    readonly redirectTo: (
      key: FileKey.FileKey
    ) => Effect.Effect<Option.Option<URL>, FileStorage.FileNotFound | FileStorage.FileStorageError>
    /** Changes a playlist for players. None when it is served unchanged. */
    readonly playlist: Option.Option<
      (
        key: FileKey.FileKey,
        text: string
      ) => Effect.Effect<string, FileStorage.FileNotFound | FileStorage.FileStorageError>
    >
  }
>() {}

const ownUrl = (origin: string, key: FileKey.FileKey): string =>
  `${origin}/storage/${key.split("/").map(encodeURIComponent).join("/")}`

/** From this server, or as `S3_DELIVERY` says. */
export const layer: Layer.Layer<Delivery, never, Settings | FileStorage.FileStorage> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { publicUrl, s3 } = yield* Settings
    const own = (key: FileKey.FileKey) => ownUrl(publicUrl.origin, key)
    if (Option.isNone(s3)) {
      return Layer.succeed(Delivery, { urlOf: own, redirectTo: () => Effect.succeedNone, playlist: Option.none() })
    }
    const { S3Delivery } = yield* Effect.promise(() => import("@runner-connector/storage-s3"))
    const { delivery } = s3.value
    const make = Effect.map(S3Delivery.S3Delivery, ({ permanentUrl, playlist, redirectTo }) => ({
      urlOf: (key: FileKey.FileKey) =>
        Option.match(permanentUrl(key), { onNone: () => own(key), onSome: ({ href }) => href }),
      redirectTo,
      playlist: delivery.mode === "signed" ? Option.some(playlist) : Option.none()
    }))
    return Layer.provide(Layer.effect(Delivery, make), S3Delivery.layer(delivery))
  })
)
