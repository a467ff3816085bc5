import { Either, Option } from "effect"
import { checkFragments, fitPlaylist, renameMedia, validateMediaPlaylist } from "../domain/hls/HlsPlaylist.ts"
import type { Timeline } from "../domain/mp4/index.ts"
import { spanned } from "../ports/Spans.ts"
import { CompletionError } from "./CompletionError.ts"
import { readText, type UploadedFile } from "./UploadedFile.ts"

/** The playlist of a 100 hour video has about 10 MB. A larger one is invalid. */
const MAX_PLAYLIST_SIZE = 16 * 1024 ** 2

/** The media file of a playlist. */
export interface PlaylistMedia {
  readonly name: string
  readonly size: number
  readonly duration: Option.Option<number>
  /** None when the file is not MP4. */
  readonly timeline: Option.Option<Timeline>
}

/** The runner's playlist with our name of the media file and the durations of the media, ready to serve. */
export const playlistText = spanned("hlsResult.playlistText")(function* (file: UploadedFile, media: PlaylistMedia) {
  if (file.size > MAX_PLAYLIST_SIZE) return yield* new CompletionError({ message: "The playlist is far too large." })
  const text = renameMedia(yield* readText(file), media.name)
  yield* validateMediaPlaylist(text, media)
  yield* Option.match(media.timeline, {
    onNone: () => Either.void,
    onSome: (timeline) => checkFragments(text, timeline)
  })
  return yield* fitPlaylist(text, media.duration)
})
