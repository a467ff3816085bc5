import { ConnectorConfig, type FileKey, FileStorage, JobFiles } from "@runner-connector/core"
import { Duration, Effect, Option } from "effect"
import { type Handler, type Reception, responding } from "../http/Handler.ts"
import type { WireError } from "../http/Problem.ts"
import { serveFile } from "../http/serveFile.ts"
import * as FileEndpoints from "./FileEndpoints.ts"

/** Runners follow at once; whoever comes back for the rest of a file comes here first. */
const expiresIn = Duration.minutes(10)

/** To be asked with a GET, which carries no tokens on, and only this time: the address soon works no more. */
const redirect = (to: URL): Response =>
  new Response(null, {
    status: 302,
    statusText: "Found",
    headers: { location: to.href, "cache-control": "no-store" }
  })

/** How runners download what they work on. */
export const make = (
  reception: Reception
): Effect.Effect<
  Readonly<Record<string, Handler>>,
  never,
  JobFiles.JobFiles | FileStorage.FileStorage | ConnectorConfig.ConnectorConfig
> =>
  Effect.gen(function* () {
    const files = yield* JobFiles.JobFiles
    const storage = yield* FileStorage.FileStorage
    const { redirectDownloads } = yield* ConnectorConfig.ConnectorConfig

    const serve = (found: Effect.Effect<FileKey.FileKey, WireError>, request: Request) =>
      Effect.gen(function* () {
        const key = yield* found
        const address = redirectDownloads ? yield* storage.downloadUrl(key, { expiresIn }) : Option.none()
        if (Option.isSome(address)) return redirect(address.value)
        return yield* Effect.provideService(serveFile(key, request), FileStorage.FileStorage, storage)
      })

    const download = (file: JobFiles.InputFile, endpoint: typeof FileEndpoints.maxQuality) =>
      responding(reception, endpoint, {
        run: ({ body, params, request }) =>
          serve(files.find({ id: params.jobUUID, ...body }, params.videoId, file), request)
      })

    return {
      maxQuality: download("maxQuality", FileEndpoints.maxQuality),
      maxQualityAudio: download("maxQualityAudio", FileEndpoints.maxQualityAudio),
      thumbnail: download("thumbnail", FileEndpoints.thumbnail),
      preview: download("thumbnail", FileEndpoints.preview),
      taskFile: responding(reception, FileEndpoints.taskFile, {
        run: ({ body, params, request }) =>
          serve(files.findTaskFile({ id: params.jobUUID, ...body }, params.videoId, params.filename), request)
      })
    }
  })
