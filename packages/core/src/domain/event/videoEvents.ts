import { type DateTime, Option } from "effect"
import { isEditedSource } from "../video/FileNames.ts"
import type { NewVideo, Video } from "../video/Video.ts"
import type { NewEvent } from "./Event.ts"
import type { JobChange } from "./jobEvents.ts"

/** A written video as it was before, and the jobs of the same write. */
export interface VideoChange {
  readonly before: Video
  readonly after: Video
  readonly jobs: ReadonlyArray<JobChange>
}

type Base = Pick<NewEvent, "occurredAt" | "videoId" | "jobId" | "runnerId">

const baseOf = ({ id }: Pick<Video, "id">, occurredAt: DateTime.Utc): Base => ({
  occurredAt,
  videoId: Option.some(id),
  jobId: Option.none(),
  runnerId: Option.none()
})

/** The new files, which are compared by their attempt ids. */
const added = <A extends { readonly attemptId: string }>(before: ReadonlyArray<A>, after: ReadonlyArray<A>) =>
  after.filter((file) => !before.some(({ attemptId }) => attemptId === file.attemptId))

/** The renditions that are complete. Of others only the first chunks are there. */
const completeFiles = ({ chunking, files }: Video) =>
  files.filter(({ attemptId }) => !Option.exists(chunking, (one) => one.renditions.some(({ id }) => id === attemptId)))

const newFiles = ({ after, before }: VideoChange, base: Base): ReadonlyArray<NewEvent> => [
  ...added(completeFiles(before), completeFiles(after)).map((file) => ({
    ...base,
    type: "video.rendition.ready" as const,
    data: { file }
  })),
  ...added(before.webVideos, after.webVideos).map((file) => ({
    ...base,
    type: "video.file.ready" as const,
    data: { file }
  }))
]

const newCaptions = ({ after, before }: VideoChange) =>
  after.captions.filter(({ key }) => !before.captions.some((known) => known.key === key))

/** The reason of each job of this type that failed in this write. */
const failureMessages = ({ jobs }: VideoChange, type: string): ReadonlyArray<string> =>
  jobs
    .filter(({ after, before }) => after.type === type && before !== after.state && hasFailed(after.state))
    .map(({ after }) => Option.getOrElse(after.error, () => "It was cancelled"))

const hasFailed = (state: string): boolean =>
  state === "Errored" || state === "Cancelled" || state === "ParentErrored" || state === "ParentCancelled"

const transcription = "video-transcription"

/** A transcription may be completed without captions, because a person has written some meanwhile. */
const captions = (change: VideoChange, base: Base): ReadonlyArray<NewEvent> => {
  const ready = newCaptions(change)
  const isUnused = change.jobs.some(({ after }) => after.type === transcription && after.state === "Completed")
  const failed = [
    ...failureMessages(change, transcription),
    ...(isUnused && ready.length === 0 ? ["A person has written captions in this language"] : [])
  ]
  return [
    ...ready.map((caption) => ({ ...base, type: "captions.ready" as const, data: { caption } })),
    ...failed.map((message) => ({ ...base, type: "captions.failed" as const, data: { message } }))
  ]
}

const storyboard = ({ after, before }: VideoChange, base: Base): ReadonlyArray<NewEvent> => {
  const known = Option.map(before.storyboard, ({ key }) => key)
  return Option.toArray(after.storyboard)
    .filter(({ key }) => !Option.contains(known, key))
    .map(({ key, trackKey }) => ({ ...base, type: "storyboard.ready" as const, data: { key, trackKey } }))
}

const liveState = ({ live }: Video): string | undefined => Option.getOrUndefined(live)?.state

const isLiveStart = ({ after, before }: VideoChange): boolean =>
  liveState(before) === "waiting" && liveState(after) === "running"

/** The types of events without facts of their own, in the order in which they are delivered. */
const plain = (change: VideoChange): ReadonlyArray<"editing.completed" | "live.started" | "video.playable"> => {
  const { after, before } = change
  const isPublished = before.state !== "Published" && after.state === "Published"
  return [
    ...(before.state === "ToEdit" && after.state === "ToTranscode" ? (["editing.completed"] as const) : []),
    ...(isLiveStart(change) ? (["live.started"] as const) : []),
    ...(isPublished && before.state !== "ToEdit" && !isLiveStart(change) ? (["video.playable"] as const) : [])
  ]
}

const liveEnd = ({ after, before }: VideoChange, base: Base): ReadonlyArray<NewEvent> =>
  liveState(before) !== "ended" && liveState(after) === "ended"
    ? [{ ...base, type: "live.ended", data: { message: Option.getOrNull(Option.flatMap(after.live, (l) => l.error)) } }]
    : []

/** Whether the video was made for the result of an edit, and has only a copy of its input so far. */
const isMadeForEdit = (video: Video): boolean => Option.exists(video.sourceKey, (key) => isEditedSource(video, key))

/** A failed edit leaves the edited video as it was. It ends a video that was created for the edit. */
const isEditUndone = ({ after, before }: VideoChange): boolean =>
  before.state === "ToEdit" && !(after.state === "TranscodingFailed" && isMadeForEdit(before))

/** The end of the video. */
const end = (change: VideoChange, base: Base): ReadonlyArray<NewEvent> => {
  const { after, before } = change
  const { state } = after
  if (Option.isSome(before.endedAt) || Option.isNone(after.endedAt) || isEditUndone(change)) return []
  return [{ ...base, type: state === "TranscodingFailed" ? "video.failed" : "video.completed", data: { state } }]
}

/** What the host knows the video by. */
const named = ({ externalId }: Pick<Video, "externalId">): { readonly externalId?: string } =>
  Option.match(externalId, { onNone: () => ({}), onSome: (id) => ({ externalId: id }) })

/**
 * The events of a written video. A video that is being removed has none: the end of its cancelled jobs is not an outcome.
 */
export const videoEvents = (change: VideoChange): ReadonlyArray<NewEvent> => {
  if (Option.isSome(change.after.removalStartedAt)) return []
  const base = baseOf(change.after, change.after.updatedAt)
  const events: ReadonlyArray<NewEvent> = [
    ...newFiles(change, base),
    ...captions(change, base),
    ...storyboard(change, base),
    ...failureMessages(change, "video-studio-transcoding").map((message) => ({
      ...base,
      type: "editing.failed" as const,
      data: { message }
    })),
    ...liveEnd(change, base),
    ...plain(change).map((type) => ({ ...base, type, data: {} })),
    ...end(change, base)
  ]
  const name = named(change.after)
  return events.map((event) => ({ ...event, data: { ...event.data, ...name } }) as NewEvent)
}

/** The events of a new video. */
export const createdVideoEvents = (video: NewVideo): ReadonlyArray<NewEvent> => {
  const { createdAt, destination, metadata, state } = video
  const facts = Object.keys(metadata).length === 0 ? {} : { metadata }
  return [
    { ...baseOf(video, createdAt), type: "video.created", data: { destination, state, ...named(video), ...facts } }
  ]
}

/** The events of a removed video. */
export const removedVideoEvents = (
  video: Pick<Video, "id" | "externalId">,
  at: DateTime.Utc
): ReadonlyArray<NewEvent> => [{ ...baseOf(video, at), type: "video.deleted", data: named(video) }]
