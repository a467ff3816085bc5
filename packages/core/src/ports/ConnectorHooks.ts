import { Context, Effect, Layer } from "effect"
import type { Caption } from "../domain/captions/Captions.ts"
import type { EventOf } from "../domain/event/Event.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { Video, VideoFile, WebVideo } from "../domain/video/Video.ts"

/**
 * Calls of the application, each about one event. Each event is delivered at least once, and the events of a video in
 * their order, by one process at a time. `event.id` stays the same when a call is repeated. The video is passed as it is
 * now. A video that was removed meanwhile has no calls.
 *
 * A hook that fails, or takes longer than 30 seconds, is called again after growing pauses, for about a day. Until then
 * the later events of its video wait, and other videos do not.
 */
export interface Hooks {
  /** A rendition was added to the video. The master playlist lists it as soon as picture and audio exist. */
  readonly renditionReady: (
    video: Video,
    file: VideoFile,
    event: EventOf<"video.rendition.ready">
  ) => Effect.Effect<void>
  /** A progressive file was added to the video. An intermediate one is deleted again when HLS was made from it. */
  readonly webVideoReady: (video: Video, file: WebVideo, event: EventOf<"video.file.ready">) => Effect.Effect<void>
  /** The first rendition can be played. Again after an edit. */
  readonly videoPlayable: (video: Video, event: EventOf<"video.playable">) => Effect.Effect<void>
  /**
   * The last job of the video has ended. `event.data.state` holds the outcome. Again each time that jobs are added or
   * retried afterwards.
   */
  readonly transcodingEnded: (video: Video, event: EventOf<"video.completed" | "video.failed">) => Effect.Effect<void>
  /** Captions were added to the video. */
  readonly transcriptionEnded: (video: Video, caption: Caption, event: EventOf<"captions.ready">) => Effect.Effect<void>
  /** The captions failed. The message holds the reason. */
  readonly transcriptionFailed: (
    video: Video,
    message: string,
    event: EventOf<"captions.failed">
  ) => Effect.Effect<void>
  /** The storyboard was added to the video. */
  readonly storyboardReady: (video: Video, event: EventOf<"storyboard.ready">) => Effect.Effect<void>
  /** The video was edited. Transcoding of the result begins. */
  readonly editingEnded: (video: Video, event: EventOf<"editing.completed">) => Effect.Effect<void>
  /** The edit failed, and the video is as before. The message holds the reason. */
  readonly editingFailed: (video: Video, message: string, event: EventOf<"editing.failed">) => Effect.Effect<void>
  /** The live can be watched. */
  readonly liveStarted: (video: Video, event: EventOf<"live.started">) => Effect.Effect<void>
  /**
   * A job of any type has ended: `job.state` is Completed, Errored, Cancelled, or the end of its parent. Also without a
   * video. A job that was removed meanwhile has no call. Again after a retry.
   */
  readonly jobEnded: (
    job: RunnerJob,
    event: EventOf<"job.completed" | "job.failed" | "job.cancelled">
  ) => Effect.Effect<void>
  /** The live has ended. `event.data.message` holds the reason, unless the stream ended. */
  readonly liveEnded: (video: Video, event: EventOf<"live.ended">) => Effect.Effect<void>
}

const silent: Hooks = {
  renditionReady: () => Effect.void,
  webVideoReady: () => Effect.void,
  videoPlayable: () => Effect.void,
  transcodingEnded: () => Effect.void,
  transcriptionEnded: () => Effect.void,
  transcriptionFailed: () => Effect.void,
  storyboardReady: () => Effect.void,
  editingEnded: () => Effect.void,
  editingFailed: () => Effect.void,
  liveStarted: () => Effect.void,
  liveEnded: () => Effect.void,
  jobEnded: () => Effect.void
}

/** The names of all hooks. */
export const names: ReadonlyArray<keyof Hooks> = Object.keys(silent) as ReadonlyArray<keyof Hooks>

/** Does nothing by default. Hosts provide `layer`. */
export class ConnectorHooks extends Context.Reference<ConnectorHooks>()("@runner-connector/core/ConnectorHooks", {
  defaultValue: (): Hooks => silent
}) {}

/** The hooks of the host. Missing ones do nothing. */
export const layer = (hooks: Partial<Hooks>): Layer.Layer<ConnectorHooks> =>
  Layer.succeed(ConnectorHooks, { ...silent, ...hooks })

/** Whether the host wants no calls of this hook. */
export const isLeftOut = (hooks: Hooks, name: keyof Hooks): boolean => hooks[name] === silent[name]

/** Whether the host has no hooks. */
export const isSilent = (hooks: Hooks): boolean => hooks === silent
