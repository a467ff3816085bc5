import { type FileStorage, type Ids, type UploadStore, Uploads, type VideoStore } from "@runner-connector/core"
import { BodyReader, bodyStream, type Problem } from "@runner-connector/protocol"
import type { Server } from "@tus/server"
import { DateTime, Duration, Effect, Option, Schedule, type Scope } from "effect"
import * as Answers from "./answers.ts"
import * as FolderFiles from "./FolderFiles.ts"
import { type MakeVideo, makeSettle, type Settle, type State } from "./finishing.ts"
import type { PartialFiles } from "./PartialFiles.ts"
import * as PieceFiles from "./PieceFiles.ts"
import { answerOf, idIn, makeServer, type ServerOptions } from "./tusServer.ts"

export type { CompleteUpload, MakeVideo } from "./finishing.ts"

/** How uploads are received. */
export interface Options<R> extends ServerOptions<R> {
  /**
   * The folder of unfinished uploads. All processes that answer requests about one upload must share it. Without a folder
   * unfinished uploads are pieces in the storage, so that every process with the same storage and database continues them.
   */
  readonly directory?: string | undefined
  /** Bytes of a piece in the storage, which also wait in memory for each request. (Default: 8 MiB.) */
  readonly pieceSize?: number | undefined
  /** The path of the endpoint, such as `/videos/uploads`. */
  readonly path: string
  /** The largest file, in bytes. */
  readonly maxSize: number
  /** Refuses the metadata of a client, before the first byte is stored. */
  readonly check: ServerOptions<R>["check"]
  /** Makes the video of a complete file. A repeated call with the same id must return the same video. */
  readonly makeVideo: MakeVideo<R>
  /** How long an upload is kept after the last request about it. (Default: 24 hours.) */
  readonly lifetime?: Duration.DurationInput | undefined
}

/**
 * Answers requests of tus 1.0.0. The last answer, and every later HEAD, names the video in the header `video-id`. The caller
 * checks before whether the client may upload. `body` is read in place of the request's stream.
 */
export type Handle<R> = (
  request: Request,
  body?: BodyReader.BodyReader
) => Effect.Effect<Response, Problem.WireError, R>

type Services = Uploads.Uploads | UploadStore.UploadStore | FileStorage.FileStorage | VideoStore.VideoStore

/** The time between two searches for complete and expired uploads. */
const ROUND = Duration.minutes(5)

/** Finishes complete uploads whose client or server is gone, and removes the files of ended ones. */
const makeRound = <R>(files: PartialFiles, settle: Settle<R>): Effect.Effect<void, never, R> =>
  Effect.flatMap(files.all, (ids) =>
    Effect.forEach(
      ids,
      (id) =>
        Effect.catchAllCause(settle(id), (cause) =>
          Effect.logWarning("A complete upload could not be handed over", cause).pipe(
            Effect.annotateLogs({ upload: id })
          )
        ),
      { discard: true }
    )
  ).pipe(Effect.catchAll((error) => Effect.logWarning("The unfinished uploads could not be listed", error)))

/** Passes requests on to the tus server, and adds headers about the upload to its answers. */
const makePasses = <R>(settle: Settle<R>, server: Server, lifetime: Duration.Duration) =>
  Effect.gen(function* () {
    const uploads = yield* Uploads.Uploads

    const completed = (id: Ids.VideoId, response: Response) =>
      Effect.gen(function* () {
        const state = yield* settle(id)
        if (state.kind === "done") response.headers.set("video-id", state.video.id)
        if (state.kind !== "receiving") return response
        yield* uploads.prolong(state.upload.key, lifetime)
        const expiry = DateTime.addDuration(yield* DateTime.now, lifetime)
        response.headers.set("upload-expires", DateTime.toDateUtc(expiry).toUTCString())
        return response
      })

    const create = (request: Request) =>
      Effect.gen(function* () {
        const response = yield* answerOf(server, request)
        const place = response.headers.get("location")
        const id = place === null ? Option.none() : idIn(new URL(place, request.url).href)
        return Option.isSome(id) ? yield* completed(id.value, response) : response
      })

    const change = (id: Ids.VideoId, request: Request, state: State) =>
      Effect.gen(function* () {
        const response = yield* answerOf(server, request)
        if (response.status >= 400) return response
        if (request.method === "DELETE" && state.kind === "receiving") yield* uploads.discard(state.upload.key)
        return request.method === "PATCH" ? yield* completed(id, response) : response
      })

    return { create, change }
  })

/** The request with a body whose pieces belong to the stores, which free them. */
const withOwnBody = (request: Request, body: BodyReader.BodyReader = BodyReader.ofRequest(request)): Request => {
  if (request.method !== "POST" && request.method !== "PATCH") return request
  const { headers, method, url } = request
  const owned = new Request(url, { method, headers, body: bodyStream(body), ...{ duplex: "half" } })
  // The tus server learns from Node's request that its client has disconnected.
  return Object.assign(owned, "runtime" in request ? { runtime: request.runtime } : {})
}

const makeHandle = <R>(settle: Settle<R>, server: Server, lifetime: Duration.Duration) =>
  Effect.gen(function* () {
    const uploads = yield* Uploads.Uploads
    const { change, create } = yield* makePasses(settle, server, lifetime)
    return (given: Request, body?: BodyReader.BodyReader): Effect.Effect<Response, Problem.WireError, R> =>
      Effect.gen(function* () {
        const request = withOwnBody(given, body)
        const id = idIn(request.url)
        if (Option.isNone(id) || request.method === "OPTIONS") return yield* create(request)
        const state = yield* settle(id.value)
        if (state.kind === "done") return Answers.done(request, state.video)
        if (state.kind === "gone") return Answers.gone()
        if (state.kind === "receiving") yield* uploads.prolong(state.upload.key, lifetime)
        return yield* change(id.value, request, state)
      })
  })

/**
 * Receives uploads until the scope ends. Each is recorded in the database before its first byte, and makes one video, even
 * when its last request is repeated or the server dies in between.
 */
export const make = <R>(options: Options<R>): Effect.Effect<Handle<R>, never, R | Services | Scope.Scope> =>
  Effect.gen(function* () {
    const lifetime = Duration.decode(options.lifetime ?? "24 hours")
    const files = yield* options.directory === undefined
      ? PieceFiles.inStorage(options.pieceSize)
      : FolderFiles.inFolder(options.directory)
    const settle = yield* makeSettle(files, options.makeVideo, lifetime)
    yield* Effect.forkScoped(Effect.repeat(makeRound(files, settle), Schedule.spaced(ROUND)))
    return yield* makeHandle(settle, yield* makeServer(files, options, lifetime), lifetime)
  })
