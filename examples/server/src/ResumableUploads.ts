import { type FileSystem, Path } from "@effect/platform"
import {
  DisplayText,
  FileNames,
  type FileStorage,
  type Uploads as Stored,
  Transcoding,
  type VideoStore
} from "@runner-connector/core"
import { Parameters } from "@runner-connector/protocol"
import { ResumableUploads as Tus } from "@runner-connector/tus"
import { Context, Effect, Layer, Option } from "effect"
import { type Guards, guard } from "./guard.ts"
import { placesOf } from "./Intake.ts"
import type { Routes } from "./routes.ts"
import { Settings } from "./Settings.ts"
import { hostFields } from "./Uploads.ts"

/** Where the tus protocol is spoken. */
const PATH = "/videos/uploads"

/** Receives uploads that can be resumed. */
export class ResumableUploads extends Context.Tag("@runner-connector/example-server/ResumableUploads")<
  ResumableUploads,
  { readonly handle: Tus.Handle<never> }
>() {}

/** The texts of the form of `POST /videos/upload`, as metadata of the upload. */
const fieldsOf = ({ filename, filetype, ...fields }: Readonly<Record<string, string>>) =>
  Parameters.ofBody(hostFields, fields)

const make = Effect.gen(function* () {
  const { dataDir, maxUploadSize, storyboards } = yield* Settings
  const { transcodeVideo } = yield* Transcoding.Transcoding
  const path = yield* Path.Path
  const handle = yield* Tus.make({
    directory: path.join(dataDir, "uploads"),
    path: PATH,
    maxSize: maxUploadSize,
    check: fieldsOf,
    makeVideo: ({ fileName, id, key, metadata }) =>
      Effect.gen(function* () {
        const { externalId, metadata: facts, title, ...plan } = yield* fieldsOf(metadata)
        return yield* transcodeVideo({
          ...{ id, path: key, destination: placesOf(id).destination, title, externalId, metadata: facts },
          fileName: Option.getOrUndefined(DisplayText.clientFileName(fileName)),
          baseName: FileNames.baseNameOf(fileName),
          plan: { storyboard: storyboards, ...plan }
        })
      })
  })
  return ResumableUploads.of({ handle })
})

export const layer: Layer.Layer<
  ResumableUploads,
  never,
  | Settings
  | Transcoding.Transcoding
  | Stored.Uploads
  | FileStorage.FileStorage
  | VideoStore.VideoStore
  | FileSystem.FileSystem
  | Path.Path
> = Layer.scoped(ResumableUploads, make)

const handle = (request: Request) => Effect.flatMap(ResumableUploads, (uploads) => uploads.handle(request))

/** Requests about one upload, and its creation. */
export const resumableRoutes: Routes<ResumableUploads | Guards> = [
  ...(["POST", "OPTIONS"] as const).map((method) => ({ method, path: PATH })),
  ...(["HEAD", "PATCH", "DELETE", "OPTIONS"] as const).map((method) => ({ method, path: `${PATH}/:upload` }))
].map((route) => ({
  ...route,
  answer: (request, _params, client) =>
    request.method === "OPTIONS" ? handle(request) : Effect.zipRight(guard(request, client), handle(request))
}))
