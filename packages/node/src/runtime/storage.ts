import { join, resolve } from "node:path"
import type { FileSystem, Path } from "@effect/platform"
import { FileKey, type FileStorage } from "@runner-connector/core"
import { FsStorage } from "@runner-connector/storage-fs"
import { Effect, Layer, Redacted } from "effect"
import { nativeCause } from "../errors/fromExit.ts"
import { type MissingPackage, StartFailed } from "../errors/index.ts"
import type { ConnectorOptions, S3Options } from "../options/ConnectorOptions.ts"
import { dataFolder } from "./database.ts"
import { load } from "./optionalPackages.ts"

const startFailed = (error: { readonly message: string }): StartFailed =>
  new StartFailed({ message: error.message, details: { part: "storage" }, cause: nativeCause(error) })

const inBucket = ({ credentials, endpoint, prefix, ...options }: S3Options) =>
  Layer.unwrapEffect(
    Effect.map(
      load("A storage in S3", () => import("@runner-connector/storage-s3")),
      ({ S3Storage }) =>
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
