import { Array as Arr, type DateTime, Option, Order } from "effect"
import { addCaption, type Caption } from "../captions/Captions.ts"
import type { FileKey } from "../FileKey.ts"
import { haveEnded, type RunnerJob } from "../job/RunnerJob.ts"
import { isEditedSource } from "./FileNames.ts"
import { scheduleDeletion, withoutUnwanted } from "./PendingDeletion.ts"
import type { StoredStoryboard, Video, VideoFile, WebVideo } from "./Video.ts"

export { scheduleDeletion }

const kindOf = (file: WebVideo): number => (file.hasVideo ? 1 : 0) + (file.hasAudio ? 2 : 0)

/** Two files of which only one can stand in a master playlist. */
const isSameRendition = (a: VideoFile, b: VideoFile): boolean =>
  a.resolution === b.resolution && a.fps === b.fps && kindOf(a) === kindOf(b)

const byQuality: Order.Order<WebVideo> = Order.combineAll([
  Order.mapInput(Order.number, (file: WebVideo) => file.resolution),
  Order.mapInput(Order.number, (file: WebVideo) => file.fps),
  Order.mapInput(Order.number, kindOf)
])

/**
 * The video with the rendition among its files, lowest first. A rendition of the same resolution, frame rate and
 * tracks makes room for it; the files of that one are retired.
 */
export const addRendition = (video: Video, file: VideoFile, now: DateTime.Utc): Video => {
  const [kept, replaced] = Arr.partition(video.files, (other) => isSameRendition(other, file))
  const inUse = new Set([file.key, file.playlistKey])
  const freed = replaced.flatMap(({ key, playlistKey }) => [key, playlistKey]).filter((key) => !inUse.has(key))
  return {
    ...video,
    files: Arr.sort([...kept, file], byQuality),
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now
  }
}

/**
 * The video with the progressive file among its own, lowest first. One of the same resolution and frame rate makes room
 * for it and is retired.
 */
export const addWebVideo = (video: Video, file: WebVideo, now: DateTime.Utc): Video => {
  const [kept, replaced] = Arr.partition(
    video.webVideos,
    (other) => other.resolution === file.resolution && other.fps === file.fps
  )
  const freed = replaced.map(({ key }) => key).filter((key) => key !== file.key)
  return {
    ...video,
    webVideos: Arr.sort([...kept, file], byQuality),
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now
  }
}

/**
 * The video when its sound has become one with a still picture: that file is its media from now on, what the host handed
 * in only its sound.
 */
export const withPicture = (video: Video, file: WebVideo, now: DateTime.Utc): Video => {
  const { fps, hasAudio, hasVideo, height, size, width } = file
  const duration = Option.orElse(file.duration, () => video.source.duration)
  return {
    ...addWebVideo(video, file, now),
    source: { duration, size, hasVideo, hasAudio, width, height, fps },
    sourceKey: Option.none(),
    soundKey: Option.orElse(video.sourceKey, () => video.soundKey)
  }
}

/** The source, when an edit has made it; one that the host handed in is the host's. */
const ownSource = (video: Video): ReadonlyArray<FileKey> =>
  Option.toArray(video.sourceKey).filter((key) => isEditedSource(video, key))

/** Every file that was made of the video and is in use; what the host handed in is not among them. */
export const keysInUse = (video: Video): ReadonlyArray<FileKey> => [
  ...Option.toArray(video.playlistKey),
  ...video.files.flatMap((file) => [file.playlistKey, file.key]),
  ...video.webVideos.map((file) => file.key),
  ...video.captions.flatMap((caption) => [caption.playlistKey, caption.key]),
  ...Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey]),
  ...Option.toArray(video.thumbnailKey),
  ...ownSource(video)
]

/** Seconds: what the source says, else what its renditions turned out to last. */
export const durationOf = (video: Pick<Video, "files" | "source" | "webVideos">): Option.Option<number> =>
  Option.orElse(video.source.duration, () =>
    Option.firstSomeOf([...video.files, ...video.webVideos].map((file) => file.duration))
  )

/**
 * True when a master playlist has something to show: a picture, when the source has one, and the sound that belongs to
 * it, when that comes in a rendition of its own.
 */
export const hasStreams = ({ files, plan, source }: Pick<Video, "files" | "plan" | "source">): boolean => {
  if (!source.hasVideo) return files.length > 0
  const needsSound = plan.splitAudio && source.hasAudio
  return files.some((file) => file.hasVideo) && (!needsSound || files.some((file) => file.hasAudio))
}

/**
 * True when there is something to watch; to listen to, when the source has no picture. A progressive file that is only
 * there to make HLS from is nothing to watch.
 */
export const isPlayable = (video: Pick<Video, "files" | "plan" | "source" | "webVideos">): boolean => {
  const { plan, source, webVideos } = video
  const showsFiles = plan.webVideos || !plan.hls
  return hasStreams(video) || (showsFiles && webVideos.some((file) => file.hasVideo || !source.hasVideo))
}

/** The video with a new master playlist; the old one is retired. */
export const withPlaylist = (video: Video, masterKey: FileKey, now: DateTime.Utc): Video => ({
  ...video,
  playlistKey: Option.some(masterKey),
  pendingDeletion: scheduleDeletion(
    video,
    Option.toArray(video.playlistKey).filter((key) => key !== masterKey),
    now
  ),
  updatedAt: now
})

/** The video with the storyboard; the files of the one before are retired. */
export const withStoryboard = (video: Video, storyboard: StoredStoryboard, now: DateTime.Utc): Video => ({
  ...video,
  storyboard: Option.some(storyboard),
  pendingDeletion: scheduleDeletion(
    video,
    Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey]),
    now
  ),
  updatedAt: now
})

/**
 * The video with the captions, and with their language when nobody has told what is spoken. Captions that may not
 * replace what is there are retired themselves.
 */
export const withCaption = (video: Video, caption: Caption, now: DateTime.Utc): Video => {
  const { captions, freed } = Option.getOrElse(addCaption(video.captions, caption), () => ({
    captions: video.captions,
    freed: [caption.key, caption.playlistKey]
  }))
  return {
    ...video,
    language: Option.orElseSome(video.language, () => caption.language),
    captions,
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now
  }
}

/** States out of which a video is published by its first playable rendition. */
const unpublished: ReadonlySet<Video["state"]> = new Set<Video["state"]>(["ToTranscode", "TranscodingFailed"])

/** The video, published when it can be played. */
export const published = (video: Video): Video =>
  unpublished.has(video.state) && isPlayable(video) ? { ...video, state: "Published" } : video

/**
 * The video after its last job: with the moment of its end, and failed when there is nothing to watch. When every job
 * was completed, what its plan does not want to be kept is retired. While one of the jobs it waits for is open, and when
 * it has ended before, it stays as it is.
 */
export const ended = (video: Video, jobs: ReadonlyArray<RunnerJob>, now: DateTime.Utc): Video => {
  if (Option.isSome(video.endedAt) || !haveEnded(jobs)) return video
  const { state } = published(video)
  const closed: Video = {
    ...video,
    state: state === "ToTranscode" ? "TranscodingFailed" : state,
    endedAt: Option.some(now),
    updatedAt: now
  }
  return jobs.every((job) => job.state === "Completed" || !job.awaited) ? withoutUnwanted(closed, now) : closed
}

/** The video with work to be done again: it ends anew with the last of it, and has not failed before. */
export const reopened = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  state: video.state === "TranscodingFailed" ? "ToTranscode" : video.state,
  endedAt: Option.none(),
  updatedAt: now
})
