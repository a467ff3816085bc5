import { Array as Arr, type DateTime, Option, Order } from "effect"
import type { FileKey } from "./FileKey.ts"
import { isTerminal, type RunnerJob } from "./RunnerJob.ts"
import type { Video, VideoFile } from "./Video.ts"

const kindOf = (file: VideoFile): number => (file.hasVideo ? 1 : 0) + (file.hasAudio ? 2 : 0)

/** Two files of which only one can stand in a master playlist. */
const isSameRendition = (a: VideoFile, b: VideoFile): boolean =>
  a.resolution === b.resolution && a.fps === b.fps && kindOf(a) === kindOf(b)

const byQuality: Order.Order<VideoFile> = Order.combineAll([
  Order.mapInput(Order.number, (file: VideoFile) => file.resolution),
  Order.mapInput(Order.number, (file: VideoFile) => file.fps),
  Order.mapInput(Order.number, kindOf)
])

/** The files that nothing refers to any more, with these among them. */
export const retire = (video: Video, keys: ReadonlyArray<FileKey>, now: DateTime.Utc): Video["retired"] => [
  ...video.retired,
  ...keys.map((key) => ({ key, at: now }))
]

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
    retired: retire(video, freed, now),
    updatedAt: now
  }
}

/** Every file that the video shows; its source is not among them. */
export const keysInUse = (video: Video): ReadonlyArray<FileKey> => [
  ...Option.toArray(video.playlistKey),
  ...video.files.flatMap((file) => [file.playlistKey, file.key]),
  ...video.webVideos.map((file) => file.key),
  ...video.captions.flatMap((caption) => [caption.playlistKey, caption.key]),
  ...Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey]),
  ...Option.toArray(video.thumbnailKey)
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

/** True when there is something to watch; to listen to, when the source has no picture. */
export const isPlayable = (video: Pick<Video, "files" | "plan" | "source" | "webVideos">): boolean =>
  hasStreams(video) || video.webVideos.some((file) => file.hasVideo || !video.source.hasVideo)

/** The video with a new master playlist; the old one is retired. */
export const withPlaylist = (video: Video, masterKey: FileKey, now: DateTime.Utc): Video => ({
  ...video,
  playlistKey: Option.some(masterKey),
  retired: retire(
    video,
    Option.toArray(video.playlistKey).filter((key) => key !== masterKey),
    now
  ),
  updatedAt: now
})

/** States out of which a video is published by its first playable rendition. */
const unpublished: ReadonlySet<Video["state"]> = new Set<Video["state"]>(["ToTranscode", "TranscodingFailed"])

/** The video, published when it can be played. */
export const published = (video: Video): Video =>
  unpublished.has(video.state) && isPlayable(video) ? { ...video, state: "Published" } : video

/**
 * The video after its last job: with the moment of its end, and failed when it never came to be published. While one
 * of the jobs it waits for is open, and when it has ended before, it stays as it is.
 */
export const ended = (video: Video, jobs: ReadonlyArray<RunnerJob>, now: DateTime.Utc): Video =>
  Option.isSome(video.endedAt) || !jobs.every((job) => isTerminal(job) || !job.awaited)
    ? video
    : {
        ...video,
        state: video.state === "ToTranscode" ? "TranscodingFailed" : video.state,
        endedAt: Option.some(now),
        updatedAt: now
      }
