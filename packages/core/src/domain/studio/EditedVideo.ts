import { Array as Arr, type DateTime, Option } from "effect"
import type { FileKey } from "../FileKey.ts"
import { recordingsOf } from "../live/LiveMachine.ts"
import type { MediaSummary } from "../media/MediaSummary.ts"
import type { Video } from "../video/Video.ts"
import { keysInUse, scheduleDeletion } from "../video/VideoMachine.ts"
import { movesTime, type StudioTasks, taskFileNames } from "./StudioTasks.ts"

/** States in which a video can be edited, and to which it returns when that fails. */
export type EditableState = "Published" | "TranscodingFailed"

/** The files that were handed over with the tasks; nobody needs them once the edit has ended. */
const handedOver = (tasks: StudioTasks): ReadonlyArray<FileKey> =>
  Arr.dedupe(taskFileNames(tasks).map(({ key }) => key))

/** The video while a runner edits it: what was made of it before stays to be watched. */
export const toEdit = (video: Video, now: DateTime.Utc): Video => ({
  ...video,
  state: "ToEdit",
  endedAt: Option.none(),
  updatedAt: now
})

/**
 * The video with what an edit has made of it in place of its source. All that was made of the old one is retired, as it
 * shows what is not there any more; captions stay when the tasks have left every moment where it was. The old source is
 * retired when nobody keeps it, or when it is ours.
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
  // What was recorded of a live is no file of the host's.
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
    files: [],
    webVideos: [],
    captions,
    storyboard: Option.none(),
    playlistKey: Option.none(),
    pendingDeletion: scheduleDeletion(video, freed, now),
    updatedAt: now,
    endedAt: Option.none()
  }
}

/** The video as it was before an edit that came to nothing. */
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
