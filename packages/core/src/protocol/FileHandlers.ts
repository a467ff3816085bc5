import { Effect } from "effect"
import { FileStorage } from "../ports/FileStorage.ts"
import { type InputFile, JobFiles } from "../usecases/JobFiles.ts"
import { maxQuality, maxQualityAudio, preview } from "./FileEndpoints.ts"
import { type Handler, type Reception, responding } from "./Handler.ts"
import { serveFile } from "./serveFile.ts"

/** How runners download what they work on. */
export const make = (
  reception: Reception
): Effect.Effect<Readonly<Record<InputFile, Handler>>, never, JobFiles | FileStorage> =>
  Effect.gen(function* () {
    const files = yield* JobFiles
    const storage = yield* FileStorage

    const download = (
      name: InputFile,
      endpoint: typeof maxQuality | typeof maxQualityAudio | typeof preview
    ): Handler =>
      responding(reception, endpoint, {
        run: ({ body, params, request }) =>
          files
            .find({ id: params.jobUUID, ...body }, params.videoId, name)
            .pipe(Effect.flatMap((key) => Effect.provideService(serveFile(key, request), FileStorage, storage)))
      })

    return {
      maxQuality: download("maxQuality", maxQuality),
      maxQualityAudio: download("maxQualityAudio", maxQualityAudio),
      preview: download("preview", preview)
    }
  })
