import { join, resolve } from "node:path"
import type { FileSystem, Path } from "@effect/platform"
import { FileKey, type FileStorage, MediaDelivery } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Duration, Effect, Layer, Redacted } from "effect"
import { nativeCause } from "../errors/fromExit.ts"
import { type MissingPackage, StartFailed } from "../errors/index.ts"
import type { ConnectorOptions, S3Delivery, S3Options } from "../options/ConnectorOptions.ts"
import { dataFolder } from "./database.ts"
import { load } from "./optionalPackages.ts"

const startFailed = (error: { readonly message: string }): StartFailed =>
  new StartFailed({ message: error.message, details: { part: "storage" }, cause: nativeCause(error) })

const loadS3 = load("A storage in S3", () => import("@runner-connector/storage-s3"))

const inBucket = ({ credentials, delivery, endpoint, prefix, ...options }: S3Options) =>
  Layer.unwrapEffect(
    Effect.map(loadS3, ({ S3Storage }) =>
      Layer.mapError(
        S3Storage.layer({
          ...options,
          endpoint: endpoint === undefined ? undefined : new URL(endpoint),
          prefix: prefix === undefined ? undefined : FileKey.FileKey.make(prefix.replace(/^\/+|\/+$/g, "")),
          credentials:
            credentials === undefined
              ? undefined
              : {
                  accessKeyId: credentials.accessKeyId,
                  secretAccessKey: Redacted.make(credentials.secretAccessKey),
                  sessionToken:
                    credentials.sessionToken === undefined ? undefined : Redacted.make(credentials.sessionToken)
                }
        }),
        startFailed
      )
    )
  )

const inFolder = (root: string, readableByOthers?: boolean) =>
  Layer.mapError(FsStorage.layer({ root, readableByOthers }), startFailed)

/** The storage of the options. */
export const layer = (
  options: ConnectorOptions
): Layer.Layer<FileStorage.FileStorage, MissingPackage | StartFailed, FileSystem.FileSystem | Path.Path> => {
  const { storage } = options
  if (storage === undefined) return inFolder(join(dataFolder(options), "storage"))
  return "s3" in storage ? inBucket(storage.s3) : inFolder(resolve(storage.folder), storage.readableByOthers)
}

const optionsOf = (delivery: S3Delivery) => {
  switch (delivery.mode) {
    case "proxied":
      return delivery
    case "signed":
      return {
        mode: delivery.mode,
        lifetime:
          delivery.lifetime === undefined ? undefined : Duration.decode(delivery.lifetime as Duration.DurationInput)
      }
    case "public":
      return { mode: delivery.mode, url: new URL(delivery.url) }
  }
}

/** How players get the files of the storage. */
export const delivery = ({
  storage
}: ConnectorOptions): Layer.Layer<MediaDelivery.MediaDelivery, MissingPackage, FileStorage.FileStorage> => {
  const wanted = storage !== undefined && "s3" in storage ? storage.s3.delivery : undefined
  return wanted === undefined
    ? Layer.succeed(MediaDelivery.MediaDelivery, MediaDelivery.proxied)
    : Layer.unwrapEffect(Effect.map(loadS3, ({ S3Delivery }) => S3Delivery.layer(optionsOf(wanted))))
}
