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

const retire = (video: Video, keys: ReadonlyArray<FileKey>, now: DateTime.Utc): Video["retired"] => [
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
  ...Option.toArray(video.thumbnailKey)
]

/** Seconds: what the source says, else what its renditions turned out to last. */
export const durationOf = (video: Pick<Video, "files" | "source">): Option.Option<number> =>
  Option.orElse(video.source.duration, () => Option.firstSomeOf(video.files.map((file) => file.duration)))

/** True when there is something to watch; to listen to, when the source has no picture. */
export const isPlayable = (video: Pick<Video, "files" | "source">): boolean =>
  video.source.hasVideo ? video.files.some((file) => file.hasVideo) : video.files.length > 0

/** The video with a new master playlist; the old one is retired. It is published from the first playable one on. */
export const withPlaylist = (video: Video, masterKey: FileKey, now: DateTime.Utc): Video => {
  const freed = Option.toArray(video.playlistKey).filter((key) => key !== masterKey)
  return {
    ...video,
    playlistKey: Option.some(masterKey),
    retired: retire(video, freed, now),
    state: isPlayable(video) ? "Published" : video.state,
    updatedAt: now
  }
}

/**
 * The video after its last job: with the moment of its end, and failed when it never came to be published. While one
 * of its jobs is open, and when it has ended before, it stays as it is.
 */
export const ended = (video: Video, jobs: ReadonlyArray<RunnerJob>, now: DateTime.Utc): Video =>
  Option.isSome(video.endedAt) || !jobs.every(isTerminal)
    ? video
    : {
        ...video,
        state: video.state === "Published" ? "Published" : "TranscodingFailed",
        endedAt: Option.some(now),
        updatedAt: now
      }
