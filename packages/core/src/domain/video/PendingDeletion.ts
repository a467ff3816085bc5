import { type DateTime, Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Video, WebVideo } from "./Video.ts"

/** The files that nothing refers to any more, with these among them. */
export const scheduleDeletion = (
  video: Video,
  keys: ReadonlyArray<FileKey>,
  now: DateTime.Utc
): Video["pendingDeletion"] => [...video.pendingDeletion, ...keys.map((key) => ({ key, at: now }))]

/** Two files of the same picture may each miss by two pixels what was asked for. */
const ROUNDING = 4

/** True when these files together lack no track of the source. */
const haveEveryTrack = (files: ReadonlyArray<WebVideo>, source: MediaSummary): boolean =>
  (!source.hasVideo || files.some((file) => file.hasVideo)) && (!source.hasAudio || files.some((file) => file.hasAudio))

const largestPicture = (files: ReadonlyArray<WebVideo>): number =>
  Math.max(0, ...files.filter((file) => file.hasVideo).map((file) => file.resolution))

/**
 * True when nobody who works on the video is worse off without its progressive files: HLS has every track of the
 * source, and a picture that is no smaller than theirs.
 */
export const hlsReplacesWebVideos = ({ files, source, webVideos }: Video): boolean =>
  haveEveryTrack(files, source) && largestPicture(files) >= largestPicture(webVideos) - ROUNDING

/** The video without its progressive files, which are retired. */
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

/** The video without what the host handed in, which is retired. */
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
 * The video when all that was to be made of it is made, without what its plan does not want to be kept. What has a
 * track of the source that nothing else has stays all the same.
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
