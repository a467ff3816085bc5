import { join, resolve } from "node:path"
import type { ApiWeb } from "@runner-connector/protocol"
import type { ApiUploads } from "@runner-connector/tus"
import { Context, Effect, Layer, type Option } from "effect"
import type { MissingPackage } from "../errors/index.ts"
import type { ReadOptions } from "../options/readOptions.ts"
import { dataFolder } from "./database.ts"
import { load } from "./optionalPackages.ts"

type Service = ApiUploads.ApiUploads["Type"]

/** The same tag as that of the package, which applications install only when they need it. */
class Uploads extends Context.Tag("@runner-connector/node/Uploads")<Uploads, Service>() {}

/** The service that receives resumable uploads. None without the option `uploads`. */
export const service: Effect.Effect<Option.Option<Service>> = Effect.serviceOption(Uploads)

/** The API of the console is there as well, but no type names it. */
type Needs = Exclude<Layer.Layer.Context<ReturnType<typeof ApiUploads.layerWith>>, ApiWeb.ApiWeb>

/** The folder of unfinished uploads. None where they are pieces in the bucket. */
const directoryOf = (options: ReadOptions, folder: string | undefined): string | undefined => {
  if (folder !== undefined) return resolve(folder)
  const isBucket = options.storage !== undefined && "s3" in options.storage
  return isBucket ? undefined : join(dataFolder(options), "uploads")
}

/** Receives resumable uploads, as the options say. Without options nothing receives them. */
export const layer = (options: ReadOptions): Layer.Layer<never, MissingPackage, Needs> => {
  const { uploads } = options
  if (uploads === undefined) return Layer.empty
  const { folder, lifetime, ...limits } = uploads
  const directory = directoryOf(options, folder)
  // Optional, so no type names it. `http/routes.ts` finds it.
  return Layer.unwrapEffect(
    Effect.map(
      load("The option `uploads`", () => import("@runner-connector/tus")),
      ({ ApiUploads }) =>
        Layer.project(
          ApiUploads.layerWith({ ...limits, directory, lifetime: lifetime as never }),
          ApiUploads.ApiUploads,
          Uploads,
          (received) => received
        )
    )
  ) as unknown as Layer.Layer<never, MissingPackage, Needs>
}
