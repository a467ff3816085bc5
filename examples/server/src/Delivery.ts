import { type FileStorage, MediaDelivery } from "@runner-connector/core"
import { Effect, Layer, Option } from "effect"
import { Settings } from "./Settings.ts"

/** Players get files from this server, or as `S3_DELIVERY` says. */
export const layer: Layer.Layer<MediaDelivery.MediaDelivery, never, Settings | FileStorage.FileStorage> =
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { s3 } = yield* Settings
      if (Option.isNone(s3)) return Layer.succeed(MediaDelivery.MediaDelivery, MediaDelivery.proxied)
      const { S3Delivery } = yield* Effect.promise(() => import("@runner-connector/storage-s3"))
      return S3Delivery.layer(s3.value.delivery)
    })
  )
