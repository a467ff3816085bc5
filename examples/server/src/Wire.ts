import { Path } from "@effect/platform"
import { shownSettings } from "@runner-connector/cli/installation"
import { ApiWeb, type ProtocolErrors, type Reception, RunnerWeb } from "@runner-connector/protocol"
import { ApiUploads } from "@runner-connector/tus"
import { Effect, Layer, Option } from "effect"
import { AdminAccess } from "./AdminAccess.ts"
import { requirePublicHost } from "./PublicHosts.ts"
import { Settings } from "./Settings.ts"
import { Shutdown } from "./Shutdown.ts"
import { config } from "./variables.ts"

/** The runner API. Uploads are spooled on the disk of the storage, so that storing one is a rename. */
export const layer: Layer.Layer<
  RunnerWeb.RunnerWeb | Reception.Reception,
  ProtocolErrors.SpoolError,
  Layer.Layer.Context<typeof RunnerWeb.layer> | Settings | Path.Path
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { dataDir } = yield* Settings
    const path = yield* Path.Path
    return RunnerWeb.layerWith({ spoolDirectory: path.resolve(dataDir, "spool") })
  })
)

type ApiNeeds = Layer.Layer.Context<ReturnType<typeof ApiWeb.layerWith>>

/** The API of the console. Its event streams end when runners must connect to other processes. */
export const layerApi: Layer.Layer<ApiWeb.ApiWeb, never, ApiNeeds | AdminAccess | Settings | Shutdown> =
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { protectsVideos } = yield* AdminAccess
      const { moved } = yield* Shutdown
      const settings = yield* Settings
      return ApiWeb.layerWith({
        opensVideos: !protectsVideos,
        maxUploadSize: settings.maxUploadSize,
        storyboards: settings.storyboards,
        resumableUploads: true,
        requirePublicHost: requirePublicHost(settings),
        settings: shownSettings(config, process.env),
        until: moved
      })
    })
  )

type UploadNeeds = Layer.Layer.Context<ReturnType<typeof ApiUploads.layerWith>>

/**
 * Resumable uploads. Unfinished ones wait in the data folder, on the disk of the storage, or in the bucket, where every server
 * continues them.
 */
export const layerUploads: Layer.Layer<ApiUploads.ApiUploads, never, UploadNeeds | Settings | Path.Path> =
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { dataDir, maxUnfinishedUploads, maxUnfinishedUploadsSize, s3 } = yield* Settings
      const path = yield* Path.Path
      return ApiUploads.layerWith({
        directory: Option.isSome(s3) ? undefined : path.join(dataDir, "uploads"),
        maxUnfinished: maxUnfinishedUploads,
        maxUnfinishedSize: maxUnfinishedUploadsSize
      })
    })
  )
