import { Effect, Either, Fiber, Option } from "effect"
import type { FileKey } from "../domain/FileKey.ts"
import { checkFragments, fitPlaylist, renameMedia, validateMediaPlaylist } from "../domain/hls/HlsPlaylist.ts"
import type { MediaSummary } from "../domain/media/MediaSummary.ts"
import type { UnexpectedResult } from "../domain/media/ResultCheck.ts"
import type { Timeline } from "../domain/mp4/index.ts"
import { nameOf } from "../domain/video/FileNames.ts"
import { spanned } from "../ports/Spans.ts"
import { CompletionError } from "./CompletionError.ts"
import { examine } from "./mediaResult.ts"
import { survey } from "./mp4/survey.ts"
import { readText, type UploadError, type UploadedFile } from "./UploadedFile.ts"

/** The playlist of a 100 hour video has about 10 MB. A larger one is invalid. */
const MAX_PLAYLIST_SIZE = 16 * 1024 ** 2

/** The media file of a playlist. */
interface PlaylistMedia {
  readonly name: string
  readonly size: number
  readonly duration: Option.Option<number>
  /** None when the file is not MP4. */
  readonly timeline: Option.Option<Timeline>
}

/** The text of the runner's playlist. */
export const receivedPlaylist = (file: UploadedFile): Effect.Effect<string, CompletionError | UploadError> =>
  file.size > MAX_PLAYLIST_SIZE
    ? Effect.fail(new CompletionError({ message: "The playlist is far too large." }))
    : readText(file)

/** The playlist with our name of the media file and the durations of the media, ready to serve. */
const playlistText = spanned("hlsResult.playlistText")(function* (playlist: string, media: PlaylistMedia) {
  const text = renameMedia(playlist, media.name)
  yield* validateMediaPlaylist(text, media)
  yield* Option.match(media.timeline, {
    onNone: () => Either.void,
    onSome: (timeline) => checkFragments(text, timeline)
  })
  return yield* fitPlaylist(text, media.duration)
})

/** The files of a rendition, or of a part of one, on the local disk. */
interface HlsFiles {
  readonly media: Pick<UploadedFile, "path" | "read" | "size">
  /** The text of the playlist. */
  readonly playlist: Effect.Effect<string, CompletionError | UploadError>
}

/**
 * Checks a media file and its playlist, before anything is stored. Returns the file with its report, what its boxes say, and
 * its playlist, ready to serve.
 */
export const checkHls = spanned("hlsResult.checkHls")(function* (
  { media, playlist }: HlsFiles,
  names: {
    readonly attemptId: string
    readonly key: FileKey
    readonly check: (result: MediaSummary) => Either.Either<void, UnexpectedResult>
  }
) {
  const surveyed = Fiber.join(yield* Effect.fork(survey(media)))
  const { file, reports } = yield* examine(media, { ...names, surveyed })
  const boxes = yield* surveyed
  const text = yield* playlistText(yield* playlist, {
    ...{ name: nameOf(names.key), size: file.size, duration: file.duration },
    timeline: Option.map(boxes, ({ timeline }) => timeline)
  })
  return { boxes, file, reports, text }
})
