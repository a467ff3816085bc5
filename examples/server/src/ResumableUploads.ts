import { Path } from "@effect/platform"
import { type FileStorage, Transcoding, type Uploads, type VideoStore } from "@runner-connector/core"
import { ApiWeb, Parameters, transcodeUpload, UploadFacts } from "@runner-connector/protocol"
import { resumableUploadsPath } from "@runner-connector/protocol/client"
import { ResumableUploads as Tus } from "@runner-connector/tus"
import { Context, Effect, Layer } from "effect"
import type { Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"

/** Receives uploads that can be resumed. */
export class ResumableUploads extends Context.Tag("@runner-connector/example-server/ResumableUploads")<
  ResumableUploads,
  { readonly handle: Tus.Handle<never> }
>() {}

/** The text fields of `POST /videos/upload`, as metadata of the upload. */
const factsOf = ({ filename, filetype, ...fields }: Readonly<Record<string, string>>) =>
  Parameters.ofBody(UploadFacts, fields)

const make = Effect.gen(function* () {
  const { dataDir, maxUploadSize, storyboards } = yield* Settings
  const transcoding = yield* Transcoding.Transcoding
  const path = yield* Path.Path
  const handle = yield* Tus.make({
    directory: path.join(dataDir, "uploads"),
    path: resumableUploadsPath,
    maxSize: maxUploadSize,
    check: factsOf,
    makeVideo: ({ fileName, id, key, metadata }) =>
      Effect.flatMap(factsOf(metadata), (facts) =>
        transcodeUpload({ id, key, fileName, folder: id }, facts, { storyboards })
      ).pipe(Effect.provideService(Transcoding.Transcoding, transcoding))
  })
  return ResumableUploads.of({ handle })
})

export const layer: Layer.Layer<
  ResumableUploads,
  never,
  Settings | Transcoding.Transcoding | Uploads.Uploads | FileStorage.FileStorage | VideoStore.VideoStore | Path.Path
> = Layer.scoped(ResumableUploads, make)

/** The creation of uploads, and requests about one. */
export const resumableRoutes: Routes<ResumableUploads | ApiWeb.ApiWeb> = [
  ...(["POST", "OPTIONS"] as const).map((method) => ({ method, path: resumableUploadsPath })),
  ...(["HEAD", "PATCH", "DELETE", "OPTIONS"] as const).map((method) => ({
    method,
    path: `${resumableUploadsPath}/:upload`
  }))
].map((route) => ({
  ...route,
  answer: (request, _params, client) =>
    Effect.gen(function* () {
      if (request.method !== "OPTIONS") yield* (yield* ApiWeb.ApiWeb).checkManager(request, client)
      return yield* (yield* ResumableUploads).handle(request)
    })
}))
