import { type DateTime, Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Video, WebVideo } from "./Video.ts"

/** Adds files to the pending deletions of the video. */
export const scheduleDeletion = (
  video: Video,
  keys: ReadonlyArray<FileKey>,
  now: DateTime.Utc
): Video["pendingDeletion"] => [...video.pendingDeletion, ...keys.map((key) => ({ key, at: now }))]

/** Two files of the same picture may each differ by two pixels from the request. */
const ROUNDING = 4

/** True when these files together have every track of the source. */
const haveEveryTrack = (files: ReadonlyArray<WebVideo>, source: MediaSummary): boolean =>
  (!source.hasVideo || files.some((file) => file.hasVideo)) && (!source.hasAudio || files.some((file) => file.hasAudio))

const largestPicture = (files: ReadonlyArray<WebVideo>): number =>
  Math.max(0, ...files.filter((file) => file.hasVideo).map((file) => file.resolution))

/**
 * True when HLS has every track of the source and a picture of at least the same size, so that the progressive files
 * can be deleted.
 */
export const hlsReplacesWebVideos = ({ files, source, webVideos }: Video): boolean =>
  haveEveryTrack(files, source) && largestPicture(files) >= largestPicture(webVideos) - ROUNDING

/** The video without its progressive files, which become pending deletions. */
export const withoutWebVideos = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  webVideos: [],
  pendingDeletion: scheduleDeletion(
    video,
    video.webVideos.map((file) => file.key),
    now
  ),
  updatedAt: now
})

/** The video without its source, which becomes a pending deletion. */
export const withoutSource = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  sourceKey: Option.none(),
  soundKey: Option.none(),
  pendingDeletion: scheduleDeletion(
    video,
    [...Option.toArray(video.sourceKey), ...Option.toArray(video.soundKey)],
    now
  ),
  updatedAt: now
})

/**
 * The video after its last job, without the files that its plan does not keep. The only copy of a track is always kept.
 */
export const withoutUnwanted = (video: Video, now: DateTime.Utc): Video => {
  const { plan, source } = video
  const isIntermediate = !plan.webVideos && video.webVideos.length > 0 && haveEveryTrack(video.files, source)
  const wanted = isIntermediate ? withoutWebVideos(video, now) : video
  const hasSource = Option.isSome(video.sourceKey) || Option.isSome(video.soundKey)
  return hasSource && !plan.keepSource && haveEveryTrack([...wanted.files, ...wanted.webVideos], source)
    ? withoutSource(wanted, now)
    : wanted
}
