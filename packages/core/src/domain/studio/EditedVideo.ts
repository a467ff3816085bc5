import { Array as Arr, type DateTime, Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import { recordingsOf } from "../live/LiveMachine.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Video } from "../video/Video.ts"
import { keysInUse, scheduleDeletion } from "../video/VideoMachine.ts"
import { movesTime, type StudioTasks, taskFileNames } from "./StudioTasks.ts"

/** States in which a video can be edited, and to which it returns after a failure. */
export type EditableState = "Published" | "TranscodingFailed"

/** The files of the tasks, which belong to the edit. */
const handedOver = (tasks: StudioTasks): ReadonlyArray<FileKey> =>
  Arr.dedupe(taskFileNames(tasks).map(({ key }) => key))

/** The video during an edit. Its existing files stay playable. */
export const toEdit = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  state: "ToEdit",
  endedAt: Option.none(),
  updatedAt: now
})

/** A video without any results of its source. */
const nothingMade = {
  files: [],
  webVideos: [],
  storyboard: Option.none(),
  chunking: Option.none(),
  playlistKey: Option.none()
} satisfies Partial<Video>

/**
 * The video with the result of an edit as its source. Everything made from the old source becomes a pending deletion.
 * Captions stay when the tasks did not move times. The old source becomes a pending deletion when it is not kept, or
 * when an edit made it.
 */
export const edited = (
  video: Video,
  result: {
    readonly sourceKey: FileKey
    readonly source: MediaSummary
    readonly tasks: StudioTasks
    readonly keepsSource: boolean
  },
  now: DateTime.Utc
): Video => {
  // A recording of a live does not belong to the host.
  const ours = new Set(recordingsOf(video))
  const source = Option.filter(video.sourceKey, (key) => !result.keepsSource || ours.has(key))
  const captions = movesTime(result.tasks) ? [] : video.captions
  const kept = new Set([
    ...Option.toArray(video.thumbnailKey),
    ...captions.flatMap(({ key, playlistKey }) => [key, playlistKey])
  ])
  const freed = Arr.dedupe([
    ...keysInUse(video).filter((key) => !kept.has(key)),
    ...Option.toArray(source),
    ...Option.toArray(video.soundKey),
    ...handedOver(result.tasks)
  ])
  return {
    ...video,
    state: "ToTranscode",
    source: result.source,
    sourceKey: Option.some(result.sourceKey),
    soundKey: Option.none(),
    ...nothingMade,
    captions,
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now,
    endedAt: Option.none()
  }
}

/** The video after a failed edit. */
export const unedited = (
  video: Video,
  edit: { readonly previousState: EditableState; readonly tasks: StudioTasks },
  now: DateTime.Utc
): Video => ({
  ...video,
  ...(video.state === "ToEdit" ? { state: edit.previousState, endedAt: Option.some(now) } : {}),
  pendingDeletion: scheduleDeletion(video, handedOver(edit.tasks), now),
  updatedAt: now
})
