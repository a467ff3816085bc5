import { Cache, Context, Duration, Effect, Exit, Layer, Option, Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { Claims } from "../../domain/playback/PlaybackToken.ts"
import { find, MASTER, nameOf } from "../../domain/playback/PlayerFiles.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { FileNotFound, FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import { MediaDelivery, originsOf } from "../../ports/MediaDelivery.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import {
  type LinkOptions,
  PlaybackAccess,
  type PlaybackCheckFailed,
  type PlaybackForbidden,
  type PlaybackUnauthorized,
  type Viewing
} from "../../ports/PlaybackAccess.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { InvalidRequest, UnknownVideo, UnknownVideoFile } from "../errors.ts"
import { makeAnswer, type Opened } from "./openFile.ts"

export { type Content, Opened } from "./openFile.ts"

/** A request for a file of a video, by the name that its URL has. */
export interface FileRequest extends Omit<Viewing, "video"> {
  readonly video: VideoId
  /** Decoded. */
  readonly name: string
}

export type OpenError =
  | UnknownVideo
  | UnknownVideoFile
  | PlaybackUnauthorized
  | PlaybackForbidden
  | PlaybackCheckFailed
  | PersistenceError
  | FileNotFound
  | FileStorageError

/** The wishes for the URLs of a video. */
export interface UrlOptions extends LinkOptions {
  /** The address under which the host serves the files of all videos, such as `https://media.example/playback`. */
  readonly base: string
}

/** The URLs of one video, made by one link. */
export interface PlayerUrls {
  /** The current master playlist. Its path stays the same, also when the video gets new renditions. */
  readonly master: string
  /** A file of the video, in this version. */
  readonly of: (key: FileKey) => string
}

/** The files of videos that players read: playlists, media, captions, storyboards, thumbnails, progressive files. */
export class VideoFiles extends Context.Tag("@runner-connector/core/VideoFiles")<
  VideoFiles,
  {
    /**
     * Finds the file and checks the viewer's access. Playlists and thumbnail tracks repeat the viewer's query on every URI.
     * `master.m3u8` is the current master playlist, which also has a name of its own. Sources and files of runners are not
     * found. Videos are read at most every two seconds, so a removed one may be found that much longer.
     */
    readonly open: (request: FileRequest) => Effect.Effect<Opened, OpenError>
    /**
     * Makes the URLs of the files of a video, with a new link if access is by links. Fails for claims that are too long.
     */
    readonly urls: (video: Video, options: UrlOptions) => Effect.Effect<PlayerUrls, InvalidRequest>
    /** The origins of URLs elsewhere that players may get. The policy of a page with a player must allow them. */
    readonly origins: Effect.Effect<ReadonlyArray<string>>
  }
>() {}

const VIDEOS = 1000
const KEPT = Duration.seconds(2)

/** Reads videos for a moment from memory: a player requests many segments of one video. */
const makeVideos = Effect.gen(function* () {
  const videos = yield* VideoStore
  const cache = yield* Cache.makeWith({
    capacity: VIDEOS,
    lookup: (id: VideoId) => videos.find(id),
    timeToLive: (exit) => (Exit.isSuccess(exit) ? KEPT : Duration.zero)
  })
  const known = (id: VideoId) =>
    Effect.flatMap(
      cache.get(id),
      // It may be added in the next moment.
      Option.match({
        onNone: () => Effect.zipRight(cache.invalidate(id), new UnknownVideo()),
        onSome: (video) => Effect.succeed(video)
      })
    )
  return { known, fresh: (id: VideoId) => Effect.zipRight(cache.refresh(id), known(id)) }
})

const makeOpen = Effect.gen(function* () {
  const access = yield* PlaybackAccess
  const answer = yield* makeAnswer
  const videos = yield* makeVideos
  return spanned("VideoFiles.open")(function* ({ name, video: id, ...viewer }: FileRequest) {
    const video = yield* videos.known(id)
    const grant = yield* access.check({ ...viewer, video })
    const file = find(video, name)
    if (Option.isSome(file)) return yield* answer(video, file.value, grant)
    // It may have been published a moment ago.
    const newer = yield* videos.fresh(id)
    const found = yield* Effect.mapError(find(newer, name), () => new UnknownVideoFile())
    return yield* answer(newer, found, grant)
  })
})

const makeUrls = Effect.gen(function* () {
  const access = yield* PlaybackAccess
  const delivery = yield* MediaDelivery
  return spanned("VideoFiles.urls")(function* (video: Video, { base, ...options }: UrlOptions) {
    yield* Effect.mapError(
      Schema.validate(Claims)(options.claims ?? {}),
      ({ message }) => new InvalidRequest({ detail: message })
    )
    const { query, restricted } = yield* access.link(video.id, options)
    const own = (name: string) =>
      `${base}/${video.id}/${name.split("/").map(encodeURIComponent).join("/")}${query === "" ? "" : `?${query}`}`
    const of = (key: FileKey) =>
      Option.match(restricted ? Option.none() : delivery.permanentUrl(key), {
        onNone: () => own(nameOf(video, key)),
        onSome: ({ href }) => href
      })
    return { master: own(MASTER), of }
  })
})

/** The files of the storage, for viewers that the access admits. */
export const layer: Layer.Layer<VideoFiles, never, VideoStore | FileStorage | PlaybackAccess> = Layer.effect(
  VideoFiles,
  Effect.all({ open: makeOpen, urls: makeUrls, origins: Effect.map(MediaDelivery, Effect.succeed) }).pipe(
    Effect.map(({ origins, ...calls }) => ({ ...calls, origins: Effect.flatMap(origins, originsOf) }))
  )
)
