import { Context, Effect, Layer } from "effect"
import type { Caption } from "../domain/captions/Captions.ts"
import type { Video, VideoFile, WebVideo } from "../domain/video/Video.ts"

/**
 * Calls of the application. Each is called at most once for its event, after the event is stored, by the process that
 * stored it. A failing hook is logged and changes nothing. The connector waits for hooks: a long task belongs into a
 * fiber of its own.
 */
export interface Hooks {
  /** A rendition was added to the video. The master playlist lists it as soon as picture and audio exist. */
  readonly renditionReady: (video: Video, file: VideoFile) => Effect.Effect<void>
  /** A progressive file was added to the video. An intermediate one is deleted again when HLS was made from it. */
  readonly webVideoReady: (video: Video, file: WebVideo) => Effect.Effect<void>
  /** The first rendition can be played. Once per video. */
  readonly videoPlayable: (video: Video) => Effect.Effect<void>
  /**
   * The last job of the video has ended. `video.state` holds the outcome. Once, and again each time that jobs are added
   * or retried afterwards.
   */
  readonly transcodingEnded: (video: Video) => Effect.Effect<void>
  /** Captions were added to the video. */
  readonly transcriptionEnded: (video: Video, caption: Caption) => Effect.Effect<void>
  /** The captions failed. The message holds the reason. */
  readonly transcriptionFailed: (video: Video, message: string) => Effect.Effect<void>
  /** The storyboard was added to the video. */
  readonly storyboardReady: (video: Video) => Effect.Effect<void>
  /** The video was edited. Transcoding of the result begins. */
  readonly editingEnded: (video: Video) => Effect.Effect<void>
  /** The edit failed, and the video is as before. The message holds the reason. */
  readonly editingFailed: (video: Video, message: string) => Effect.Effect<void>
  /** The live can be watched. Once per live. */
  readonly liveStarted: (video: Video) => Effect.Effect<void>
  /** The live has ended. `video.live` holds the reason, unless the stream ended. Once per live. */
  readonly liveEnded: (video: Video) => Effect.Effect<void>
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
  liveEnded: () => Effect.void
}

/** Does nothing by default. Hosts provide `layer`. */
export class ConnectorHooks extends Context.Reference<ConnectorHooks>()("@runner-connector/core/ConnectorHooks", {
  defaultValue: (): Hooks => silent
}) {}

/** The hooks of the host. Missing ones do nothing. */
export const layer = (hooks: Partial<Hooks>): Layer.Layer<ConnectorHooks> =>
  Layer.succeed(ConnectorHooks, { ...silent, ...hooks })

/** Logs the failure of a hook. */
export const heard = (hook: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.catchAllCause(hook, (cause) => Effect.logError("A hook of the application failed", cause))
