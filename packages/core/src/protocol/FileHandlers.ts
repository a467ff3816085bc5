import { Effect } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { FileStorage } from "../ports/FileStorage.ts"
import { type InputFile, JobFiles } from "../usecases/JobFiles.ts"
import * as FileEndpoints from "./FileEndpoints.ts"
import { type Handler, type Reception, responding } from "./Handler.ts"
import type { WireError } from "./Problem.ts"
import { serveFile } from "./serveFile.ts"

/** How runners download what they work on. */
export const make = (
  reception: Reception
): Effect.Effect<Readonly<Record<string, Handler>>, never, JobFiles | FileStorage> =>
  Effect.gen(function* () {
    const files = yield* JobFiles
    const storage = yield* FileStorage

    const serve = (found: Effect.Effect<FileKey, WireError>, request: Request) =>
      Effect.flatMap(found, (key) => Effect.provideService(serveFile(key, request), FileStorage, storage))

    const download = (file: InputFile, endpoint: typeof FileEndpoints.maxQuality | typeof FileEndpoints.preview) =>
      responding(reception, endpoint as typeof FileEndpoints.maxQuality, {
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
