import { type FileStorage, Transcoding, type UploadStore, type Uploads, type VideoStore } from "@runner-connector/core"
import {
  ApiWeb,
  Parameters,
  Problem,
  type RunnerWeb,
  resumableUploadsPath,
  transcodeUpload,
  UploadFacts
} from "@runner-connector/protocol"
import { Context, Effect, Layer, Option } from "effect"
import * as ResumableUploads from "./ResumableUploads.ts"

/** A route of the uploads. */
export interface UploadRoute {
  readonly method: "POST" | "OPTIONS" | "HEAD" | "PATCH" | "DELETE"
  readonly path: string
}

/** The resumable uploads of the console: `/videos/uploads` below the path of `ApiWeb`. */
export class ApiUploads extends Context.Tag("@runner-connector/tus/ApiUploads")<
  ApiUploads,
  {
    readonly endpoints: ReadonlyArray<UploadRoute>
    /** Whether there is a route with this path. Ask before `ApiWeb`, whose routes of videos also match it. */
    readonly owns: (pathname: string) => boolean
    /** Answers clients that may manage videos. Errors become problem documents. */
    readonly handle: (request: Request, context?: RunnerWeb.RequestContext) => Effect.Effect<Response>
  }
>() {}

/** How uploads are received. The largest file, and whether videos get storyboards, are options of `ApiWeb`. */
export type Options = Pick<
  ResumableUploads.Options<never>,
  "directory" | "pieceSize" | "lifetime" | "maxUnfinished" | "maxUnfinishedSize"
>

/** The text fields of `POST /videos/upload`, as metadata of the upload. */
const factsOf = ({ filename, filetype, ...fields }: Readonly<Record<string, string>>) =>
  Parameters.ofBody(UploadFacts, fields)

const endpointsOf = (path: string): ReadonlyArray<UploadRoute> => [
  ...(["POST", "OPTIONS"] as const).map((method) => ({ method, path })),
  ...(["HEAD", "PATCH", "DELETE", "OPTIONS"] as const).map((method) => ({ method, path: `${path}/:upload` }))
]

/** The path itself, and one segment below it. */
const makeOwns = (path: string) => (pathname: string) =>
  pathname === path || (pathname.startsWith(`${path}/`) && !pathname.slice(path.length + 1).includes("/"))

const make = (options: Options) =>
  Effect.gen(function* () {
    const api = yield* ApiWeb.ApiWeb
    const transcoding = yield* Transcoding.Transcoding
    const path = api.path + resumableUploadsPath
    const receive = yield* ResumableUploads.make({
      ...options,
      path,
      maxSize: api.intake.maxSize,
      check: factsOf,
      makeVideo: ({ fileName, id, key, metadata }) =>
        Effect.flatMap(factsOf(metadata), (facts) =>
          transcodeUpload({ id, key, fileName, folder: id }, facts, { storyboards: api.intake.storyboards })
        ).pipe(Effect.provideService(Transcoding.Transcoding, transcoding))
    })
    return ApiUploads.of({
      endpoints: endpointsOf(path),
      owns: makeOwns(path),
      handle: (request, context = { clientAddress: Option.none() }) => {
        const answer = Effect.suspend(() => receive(request, context.body))
        const isOpen = request.method === "OPTIONS"
        return Problem.answer(isOpen ? answer : Effect.zipRight(api.checkManager(request, context), answer), request)
      }
    })
  })

type Needs =
  | ApiWeb.ApiWeb
  | Transcoding.Transcoding
  | Uploads.Uploads
  | UploadStore.UploadStore
  | FileStorage.FileStorage
  | VideoStore.VideoStore

/** Receives resumable uploads for the API of the console. */
export const layerWith = (options: Options): Layer.Layer<ApiUploads, never, Needs> =>
  Layer.scoped(ApiUploads, make(options))
