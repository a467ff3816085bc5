import { type DateTime, Effect, Option, Stream } from "effect"
import { renditionOf } from "../../domain/chunk/Growth.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { masterPlaylist, validateMediaPlaylist } from "../../domain/hls/HlsPlaylist.ts"
import { nameOf } from "../../domain/video/FileNames.ts"
import { keysOfRendition } from "../../domain/video/fileKeys.ts"
import type { MediaPart, Video, VideoFile, WebVideo } from "../../domain/video/Video.ts"
import { hasStreams, scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { spanned } from "../../ports/Spans.ts"

/** What of a video's files is in storage. */
export interface Inspection {
  /** The video without renditions of which a file is missing or damaged. */
  readonly video: Video
  /** The missing and damaged files, without the master playlist. */
  readonly broken: ReadonlyArray<FileKey>
  /** Whether the master playlist is missing or is not that of these renditions and captions. */
  readonly needsMaster: boolean
}

const without = (video: Video, broken: ReadonlySet<WebVideo>, now: DateTime.Utc): Video => {
  const keys = [
    ...video.files.filter((file) => broken.has(file)).flatMap(keysOfRendition),
    ...video.webVideos.filter((file) => broken.has(file)).map(({ key }) => key)
  ]
  return {
    ...video,
    files: video.files.filter((file) => !broken.has(file)),
    webVideos: video.webVideos.filter((file) => !broken.has(file)),
    pendingDeletion: scheduleDeletion(video, keys, now)
  }
}

/** Reads what is in storage. A file counts as damaged when its size or its text is not what the video says. */
const makeChecks = Effect.map(FileStorage, (storage) => {
  const textOf = (key: FileKey) =>
    storage.read(key).pipe(
      Stream.decodeText(),
      Stream.mkString,
      Effect.map(Option.some),
      Effect.catchTag("FileNotFound", () => Effect.succeedNone)
    )

  const brokenMedia = ({ key, size }: Pick<WebVideo, "key" | "size">) =>
    storage.stat(key).pipe(
      Effect.map((found) => (found.size === size ? [] : [key])),
      Effect.catchTag("FileNotFound", () => Effect.succeed([key]))
    )

  /** Only the end of the playlist is read, because the playlist was written from the parts. */
  const brokenParts = ({ playlistKey }: VideoFile, parts: ReadonlyArray<MediaPart>, text: Option.Option<string>) =>
    Effect.map(Effect.forEach(parts, brokenMedia), (found) => [
      ...found.flat(),
      ...(Option.exists(text, (playlist) => playlist.includes("#EXT-X-ENDLIST")) ? [] : [playlistKey])
    ])

  const brokenRendition = (file: VideoFile) =>
    Effect.gen(function* () {
      const text = yield* textOf(file.playlistKey)
      if (file.parts !== undefined) return yield* brokenParts(file, file.parts, text)
      const media = { name: nameOf(file.key), size: file.size }
      const isValid = Option.exists(text, (playlist) => validateMediaPlaylist(playlist, media)._tag === "Right")
      return [...(yield* brokenMedia(file)), ...(isValid ? [] : [file.playlistKey])]
    })

  return { textOf, brokenMedia, brokenRendition }
})

/** The renditions that are complete. Those that grow are being written. */
const finished = (video: Video): ReadonlyArray<VideoFile> =>
  video.files.filter(({ attemptId }) => Option.isNone(renditionOf(video, attemptId)))

/** Compares a video with its files in storage. */
export const makeInspectFiles: Effect.Effect<
  (video: Video, now: DateTime.Utc) => Effect.Effect<Inspection, FileStorageError>,
  never,
  FileStorage
> = Effect.map(makeChecks, ({ brokenMedia, brokenRendition, textOf }) =>
  spanned("Transcoding.inspectFiles")(function* (video: Video, now: DateTime.Utc) {
    const found = [
      ...(yield* Effect.forEach(finished(video), (file) =>
        Effect.map(brokenRendition(file), (keys) => ({ file, keys }))
      )),
      ...(yield* Effect.forEach(video.webVideos, (file) => Effect.map(brokenMedia(file), (keys) => ({ file, keys }))))
    ].filter(({ keys }) => keys.length > 0)
    const rest = without(video, new Set(found.map(({ file }) => file)), now)
    const stored = yield* Effect.transposeMapOption(video.playlistKey, textOf)
    const expected = hasStreams(rest) ? Option.some(masterPlaylist(rest.files, rest.captions)) : Option.none()
    const isSame = Option.getEquivalence((a: string, b: string) => a === b)(Option.flatten(stored), expected)
    return { video: rest, broken: found.flatMap(({ keys }) => keys), needsMaster: !isSame }
  })
)
