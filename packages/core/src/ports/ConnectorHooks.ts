import { Context, Effect, Layer } from "effect"
import type { Caption } from "../domain/captions/Captions.ts"
import type { Video, VideoFile, WebVideo } from "../domain/video/Video.ts"

/**
 * What the application wants to hear. Each is called at most once for what it names, by the process that made it so,
 * after it is stored. A hook that dies is logged and changes nothing: what it was told stays true. Hooks are waited for:
 * one that has much to do hands it to a fiber of its own.
 */
export interface Hooks {
  /** A rendition was added to the video. The master playlist names it as soon as there are picture and sound. */
  readonly renditionReady: (video: Video, file: VideoFile) => Effect.Effect<void>
  /** A progressive file was added to the video; where none are wanted it goes again when HLS was made from it. */
  readonly webVideoReady: (video: Video, file: WebVideo) => Effect.Effect<void>
  /** The first rendition plays; once a video. */
  readonly videoPlayable: (video: Video) => Effect.Effect<void>
  /**
   * The last job of the video has ended, well or badly; `video.state` tells which. Once, and once more each time that
   * jobs are added to the video or tried again afterwards.
   */
  readonly transcodingEnded: (video: Video) => Effect.Effect<void>
  /** Captions were added to the video. */
  readonly transcriptionEnded: (video: Video, caption: Caption) => Effect.Effect<void>
  /** No captions could be made; the message says why. */
  readonly transcriptionFailed: (video: Video, message: string) => Effect.Effect<void>
  /** The storyboard was added to the video. */
  readonly storyboardReady: (video: Video) => Effect.Effect<void>
  /** The video was changed as asked, and is transcoded anew from here on. */
  readonly editingEnded: (video: Video) => Effect.Effect<void>
  /** The video could not be changed and is as it was before; the message says why. */
  readonly editingFailed: (video: Video, message: string) => Effect.Effect<void>
  /** The live can be watched from here on; once a live. */
  readonly liveStarted: (video: Video) => Effect.Effect<void>
  /** The live is over; `video.live` says why, when it was not because the stream ended. Once a live. */
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

/** Says nothing unless the host provides one, by `layer`. */
export class ConnectorHooks extends Context.Reference<ConnectorHooks>()("@runner-connector/core/ConnectorHooks", {
  defaultValue: (): Hooks => silent
}) {}

/** The host's hooks; those left out stay silent. */
export const layer = (hooks: Partial<Hooks>): Layer.Layer<ConnectorHooks> =>
  Layer.succeed(ConnectorHooks, { ...silent, ...hooks })

/** A hook's trouble is logged; what it was told of stays true. */
export const heard = (hook: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.catchAllCause(hook, (cause) => Effect.logError("A hook of the application failed", cause))
