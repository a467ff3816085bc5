import { Array as Arr, type DateTime, Option, Order } from "effect"
import { addCaption, type Caption } from "../captions/Captions.ts"
import type { FileKey } from "../FileKey.ts"
import { isSplit } from "../job/GraphNode.ts"
import { haveEnded, type RunnerJob } from "../job/RunnerJob.ts"
import { isGrowing, withoutChunks } from "./ChunkEnd.ts"
import { isEditedSource, isRepackedSource } from "./FileNames.ts"
import { keysOfInputs, keysOfRendition, keysOfUnfinished } from "./fileKeys.ts"
import { scheduleDeletion, withoutUnwanted } from "./PendingDeletion.ts"
import type { StoredStoryboard, Video, VideoFile, WebVideo } from "./Video.ts"

export { scheduleDeletion }

const kindOf = (file: WebVideo): number => (file.hasVideo ? 1 : 0) + (file.hasAudio ? 2 : 0)

/** Two files of which a master playlist can list only one. */
const isSameRendition = (a: VideoFile, b: VideoFile): boolean =>
  a.resolution === b.resolution && a.fps === b.fps && kindOf(a) === kindOf(b)

const byQuality: Order.Order<WebVideo> = Order.combineAll([
  Order.mapInput(Order.number, (file: WebVideo) => file.resolution),
  Order.mapInput(Order.number, (file: WebVideo) => file.fps),
  Order.mapInput(Order.number, kindOf)
])

/**
 * Adds a rendition, lowest first. Replaces one of the same resolution, frame rate and tracks, whose files become
 * pending deletions.
 */
export const addRendition = (video: Video, file: VideoFile, now: DateTime.Utc): Video => {
  const [kept, replaced] = Arr.partition(video.files, (other) => isSameRendition(other, file))
  const inUse = new Set(keysOfRendition(file))
  const freed = replaced.flatMap(keysOfRendition).filter((key) => !inUse.has(key))
  return {
    ...video,
    files: Arr.sort([...kept, file], byQuality),
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now
  }
}

/**
 * Adds a progressive file, lowest first. Replaces one of the same resolution and frame rate, which becomes a pending
 * deletion.
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

/** The file into which the source was repacked, if it was. */
const repackedSource = (video: Video): ReadonlyArray<FileKey> =>
  Option.toArray(video.soundKey).filter((key) => isRepackedSource(video, key))

/**
 * The video after a merge of its audio with a still picture. The merged file becomes its source, the file from the host
 * its audio.
 */
export const withPicture = (video: Video, file: WebVideo, now: DateTime.Utc): Video => {
  const { fps, hasAudio, hasVideo, height, size, width } = file
  const duration = Option.orElse(file.duration, () => video.source.duration)
  const added = addWebVideo(video, file, now)
  return {
    ...added,
    source: { duration, size, hasVideo, hasAudio, width, height, fps },
    sourceKey: Option.none(),
    soundKey: Option.orElse(video.sourceKey, () => video.soundKey),
    pendingDeletion: scheduleDeletion(added, Option.isSome(video.sourceKey) ? repackedSource(video) : [], now)
  }
}

/** The source and its audio, if an edit stored them. A source from the host belongs to the host. */
const ownSource = (video: Video): ReadonlyArray<FileKey> =>
  [video.sourceKey, video.soundKey].flatMap(Option.toArray).filter((key) => isEditedSource(video, key))

/** Every file in use that was made from the video. Excludes the files from the host. */
export const keysInUse = (video: Video): ReadonlyArray<FileKey> => [
  ...Option.toArray(video.playlistKey),
  ...video.files.flatMap(keysOfRendition),
  ...Option.match(video.chunking, {
    onNone: () => [],
    onSome: (chunking) => [...keysOfInputs(chunking), ...keysOfUnfinished(chunking)]
  }),
  ...video.webVideos.map((file) => file.key),
  ...video.captions.flatMap((caption) => [caption.playlistKey, caption.key]),
  ...Option.toArray(video.storyboard).flatMap(({ key, trackKey }) => [key, trackKey]),
  ...Option.toArray(video.thumbnailKey),
  ...ownSource(video),
  ...repackedSource(video)
]

/** Duration in seconds: of the source, otherwise of its renditions. */
export const durationOf = (video: Pick<Video, "files" | "source" | "webVideos">): Option.Option<number> =>
  Option.orElse(video.source.duration, () =>
    Option.firstSomeOf([...video.files, ...video.webVideos].map((file) => file.duration))
  )

/**
 * True when a master playlist can list a picture, if the source has one, and the audio for it, if that has its own
 * rendition.
 */
export const hasStreams = ({ files, plan, source }: Pick<Video, "files" | "plan" | "source">): boolean => {
  if (!source.hasVideo) return files.length > 0
  const needsSound = isSplit({ ...plan, source })
  return files.some((file) => file.hasVideo) && (!needsSound || files.some((file) => file.hasAudio))
}

/** True when there is something to play. Intermediate progressive files do not count. */
export const isPlayable = (video: Pick<Video, "files" | "plan" | "source" | "webVideos">): boolean => {
  const { plan, source, webVideos } = video
  const showsFiles = plan.webVideos || !plan.hls
  return hasStreams(video) || (showsFiles && webVideos.some((file) => file.hasVideo || !source.hasVideo))
}

/** The video with a new master playlist. The old one becomes a pending deletion. */
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

/** The video with a new storyboard. The files of the old one become pending deletions. */
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
 * The video with new captions, and with their language if it was unknown. Captions that may not replace existing ones
 * become pending deletions.
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

/** States in which the first playable rendition publishes a video. */
const unpublished: ReadonlySet<Video["state"]> = new Set<Video["state"]>(["ToTranscode", "TranscodingFailed"])

/** The video, published if it can be played. */
export const published = (video: Video): Video =>
  unpublished.has(video.state) && isPlayable(video) ? { ...video, state: "Published" } : video

/**
 * The video after its last job: ended, and failed when there is nothing to play. When every job was completed, the
 * files that its plan does not keep become pending deletions. Unchanged while an awaited job is open, and when it has
 * already ended.
 */
export const ended = (video: Video, jobs: ReadonlyArray<RunnerJob>, now: DateTime.Utc): Video => {
  if (Option.isSome(video.endedAt) || isGrowing(video) || !haveEnded(jobs)) return video
  const { state } = published(video)
  const closed: Video = {
    ...withoutChunks(video, now),
    state: state === "ToTranscode" ? "TranscodingFailed" : state,
    endedAt: Option.some(now),
    updatedAt: now
  }
  return jobs.every((job) => job.state === "Completed" || !job.awaited) ? withoutUnwanted(closed, now) : closed
}

/** The video with new work: it ends again after the last job, and has not failed. */
export const reopened = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  state: video.state === "TranscodingFailed" ? "ToTranscode" : video.state,
  endedAt: Option.none(),
  updatedAt: now
})
