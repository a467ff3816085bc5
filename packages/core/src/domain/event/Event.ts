import { Schema } from "effect"
import { Caption } from "../captions/Captions.ts"
import { FileKey } from "../FileKey.ts"
import { EventId, JobId, RunnerId, VideoId } from "../Ids.ts"
import { AttemptOutcome } from "../job/JobAttempt.ts"
import { Metadata } from "../video/HostData.ts"
import { VideoFile, VideoState, WebVideo } from "../video/Video.ts"
import { EventCursor } from "./EventCursor.ts"

const common = {
  id: EventId,
  /** The position in the log. A reader continues after it. */
  cursor: EventCursor,
  /** When the state changed, by the clock of the process that changed it. */
  occurredAt: Schema.DateTimeUtc,
  videoId: Schema.OptionFromNullOr(VideoId),
  jobId: Schema.OptionFromNullOr(JobId),
  runnerId: Schema.OptionFromNullOr(RunnerId)
}

const event = <const Type extends string, Data extends Schema.Struct.Fields>(type: Type, data: Data) =>
  Schema.Struct({ ...common, type: Schema.Literal(type), data: Schema.Struct(data) })

/** An event of a video. `externalId` is absent when the video has none. */
const videoEvent = <const Type extends string, Data extends Schema.Struct.Fields>(type: Type, data: Data) =>
  event(type, { ...data, externalId: Schema.optionalWith(Schema.String, { exact: true }) })

const reason = { message: Schema.String }
const job = { type: Schema.String }
const runner = { name: Schema.String }

/**
 * A change of state that was committed. The encoded side is JSON. `data` has the facts at that moment. The current
 * state is in the stores.
 */
export const Event = Schema.Union(
  /** `metadata` is absent when it is empty. */
  videoEvent("video.created", {
    destination: FileKey,
    state: VideoState,
    metadata: Schema.optionalWith(Metadata, { exact: true })
  }),
  /** The first rendition can be played. */
  videoEvent("video.playable", {}),
  videoEvent("video.rendition.ready", { file: VideoFile }),
  /** A progressive file was added. */
  videoEvent("video.file.ready", { file: WebVideo }),
  /** The last job has ended, and there is something to play, or the video is a live. */
  videoEvent("video.completed", { state: VideoState }),
  /** The last job has ended, and there is nothing to play. */
  videoEvent("video.failed", { state: VideoState }),
  videoEvent("video.deleted", {}),
  videoEvent("captions.ready", { caption: Caption }),
  videoEvent("captions.failed", reason),
  videoEvent("storyboard.ready", { key: FileKey, trackKey: FileKey }),
  videoEvent("editing.completed", {}),
  videoEvent("editing.failed", reason),
  videoEvent("live.started", {}),
  /** The reason is null when the stream ended or the host stopped it. */
  videoEvent("live.ended", { message: Schema.NullOr(Schema.String) }),
  event("job.pending", job),
  event("job.accepted", job),
  /** An attempt failed. `final` is false when the job is tried again. */
  event("job.failed", { ...job, outcome: Schema.NullOr(AttemptOutcome), final: Schema.Boolean, ...reason }),
  event("job.completed", job),
  event("job.cancelled", job),
  event("runner.registered", runner),
  /** The first connection or call after a time without any. */
  event("runner.online", runner),
  /** No connection and no call for some time. A removed runner is not reported. */
  event("runner.offline", runner),
  /** An administrator changed the name, the labels or the state. */
  event("runner.updated", runner),
  /** The runner failed job after job while others succeeded. It gets no job before `until`, then one trial job. */
  event("runner.quarantined", { ...runner, until: Schema.String, reason: Schema.String }),
  /** The trial job after a quarantine succeeded. */
  event("runner.recovered", runner),
  event("runner.removed", runner)
)
export type Event = typeof Event.Type

/** The type of an event. */
export type EventType = Event["type"]

/** All types. */
export const eventTypes: ReadonlyArray<EventType> = Event.members.flatMap(({ fields }) => fields.type.literals)

/** The schema of a type. */
export const EventType: Schema.Schema<EventType> = Schema.Literal(...eventTypes)

/** The event of this type. */
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>

type WithoutPosition<E> = E extends unknown ? Omit<E, "id" | "cursor"> : never

/** An event before the store gives it an id and a position. */
export type NewEvent = WithoutPosition<Event>

/**
 * The subject whose events are delivered in order: the video, or else the job or the runner. Events of different
 * subjects do not wait for each other.
 */
export const subjectOf = ({ jobId, runnerId, videoId }: Pick<Event, "videoId" | "jobId" | "runnerId">): string => {
  if (videoId._tag === "Some") return videoId.value
  if (jobId._tag === "Some") return jobId.value
  return runnerId._tag === "Some" ? `runner ${runnerId.value}` : ""
}
