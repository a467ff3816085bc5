import { type Ids, type UploadStore, Uploads, type Video, VideoStore } from "@runner-connector/core"
import { Problem } from "@runner-connector/protocol"
import { type Duration, Effect, Fiber, FiberMap, Option, type Scope } from "effect"
import type { PartialFiles, PartialUpload } from "./PartialFiles.ts"

/** A complete upload, for the host. */
export interface CompleteUpload extends Pick<PartialUpload, "id" | "key" | "metadata"> {
  /** The file name that the client gave, unchanged. */
  readonly fileName: string
}

/** Makes the video with the id of the upload, as `transcodeVideo` does. */
export type MakeVideo<R> = (upload: CompleteUpload) => Effect.Effect<Video.Video, Problem.WireError, R>

/** The state of an upload. */
export type State =
  | { readonly kind: "unknown" }
  /** It expired, or its file was rejected. */
  | { readonly kind: "gone" }
  | { readonly kind: "receiving"; readonly upload: PartialUpload }
  | { readonly kind: "done"; readonly video: Video.Video }

type Failure = Problem.WireError | UploadStore.UploadGone

/** A later request cannot succeed either: the file or its fields are refused. */
const isFinal = (error: Failure): boolean => error._tag === "UploadGone" || Problem.problemOf(error).status < 500

const isComplete = ({ received, size }: PartialUpload): boolean => received === undefined || received === size

/** Moves the complete file into the storage, and makes its video. Can be repeated after a crash at any point. */
const makeFinish = <R>(files: PartialFiles, makeVideo: MakeVideo<R>, lifetime: Duration.Duration) =>
  Effect.map(Uploads.Uploads, (uploads) => (upload: PartialUpload) => {
    const { id, key, metadata, received } = upload
    return Effect.gen(function* () {
      yield* uploads.resume(key)
      if (received !== undefined) yield* files.deliver(upload, metadata.filetype ?? "application/octet-stream")
      return yield* makeVideo({ id, key, metadata, fileName: metadata.filename ?? "" })
    }).pipe(
      Effect.scoped,
      // The file of a video that was there before, under the same external id, is not needed.
      Effect.tap(() => uploads.discard(key)),
      Effect.tap(() => files.forget(id)),
      Effect.tapError((error) =>
        isFinal(error)
          ? Effect.zipRight(uploads.discard(key), files.forget(id))
          : Effect.ignore(uploads.prolong(key, lifetime))
      )
    )
  })

/** Returns the state of an upload. Finishes it first when it is complete. */
export type Settle<R> = (id: Ids.VideoId) => Effect.Effect<State, Problem.WireError, R>

type Needs = Uploads.Uploads | VideoStore.VideoStore | Scope.Scope

const gone: State = { kind: "gone" }

const makeFinishOnce = <R>(files: PartialFiles, makeVideo: MakeVideo<R>, lifetime: Duration.Duration) =>
  Effect.gen(function* () {
    const finish = yield* makeFinish(files, makeVideo, lifetime)
    const finishing = yield* FiberMap.make<Ids.VideoId, Video.Video, Failure>()
    /** Requests at the same moment wait for the same work. It goes on when they disconnect. */
    return (upload: PartialUpload): Effect.Effect<Video.Video, Failure, R> =>
      Effect.flatMap(FiberMap.run(finishing, upload.id, finish(upload), { onlyIfMissing: true }), Fiber.join)
  })

/** Makes `Settle`, which finishes each complete upload once. */
export const makeSettle = <R>(
  files: PartialFiles,
  makeVideo: MakeVideo<R>,
  lifetime: Duration.Duration
): Effect.Effect<Settle<R>, never, Needs> =>
  Effect.gen(function* () {
    const uploads = yield* Uploads.Uploads
    const videos = yield* VideoStore.VideoStore
    const finish = yield* makeFinishOnce(files, makeVideo, lifetime)

    const done = (video: Video.Video): State => ({ kind: "done", video })
    const made = (id: Ids.VideoId) => Effect.map(videos.find(id), Option.map(done))

    /** The state of an upload that has no video yet. */
    const ofFile = (upload: PartialUpload) =>
      Effect.gen(function* () {
        // Another process may have made the video meanwhile.
        const ended = Effect.map(
          made(upload.id),
          Option.getOrElse(() => gone)
        )
        if (!(yield* uploads.isAlive(upload.key))) return yield* Effect.zipRight(files.forget(upload.id), ended)
        if (!isComplete(upload)) return { kind: "receiving", upload } as const
        return yield* finish(upload).pipe(
          Effect.map(done),
          Effect.catchTag("UploadGone", () => ended)
        )
      })

    return (id) =>
      Effect.gen(function* () {
        const found = yield* files.find(id)
        const known = yield* made(id)
        if (Option.isSome(known)) {
          if (Option.isSome(found)) yield* files.forget(id)
          return known.value
        }
        return Option.isSome(found) ? yield* ofFile(found.value) : ({ kind: "unknown" } as const)
      })
  })
