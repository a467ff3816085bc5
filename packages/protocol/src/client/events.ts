import type { Event } from "@runner-connector/core"
import type { documentOf } from "../events/progress.ts"

/** The `data` of an event of the stream. */
export type StreamEvent = typeof Event.Event.Encoded

/** The `data` of the event `progress`. */
export type ProgressDocument = ReturnType<typeof documentOf>

/** Every type of an event, for `EventSource`. Written down again, because the records load their schemas. A test compares them. */
export const eventTypes: ReadonlyArray<StreamEvent["type"]> = [
  "video.created",
  "video.playable",
  "video.rendition.ready",
  "video.file.ready",
  "video.completed",
  "video.failed",
  "video.deleted",
  "captions.ready",
  "captions.failed",
  "storyboard.ready",
  "editing.completed",
  "editing.failed",
  "live.started",
  "live.ended",
  "job.pending",
  "job.accepted",
  "job.failed",
  "job.completed",
  "job.cancelled",
  "runner.registered",
  "runner.online",
  "runner.offline",
  "runner.updated",
  "runner.quarantined",
  "runner.recovered",
  "runner.removed"
]
