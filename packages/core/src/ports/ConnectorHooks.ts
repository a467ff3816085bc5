import { Context, Effect, Layer } from "effect"
import type { Video, VideoFile } from "../domain/Video.ts"

/**
 * What the application wants to hear. Each is called at most once for what it names, by the process that made it so,
 * after it is stored. A hook that dies is logged and changes nothing: what it was told stays true. Hooks are waited for:
 * one that has much to do hands it to a fiber of its own.
 */
export interface Hooks {
  /** A rendition was added to the master playlist. */
  readonly renditionReady: (video: Video, file: VideoFile) => Effect.Effect<void>
  /** The first rendition plays; once a video. */
  readonly videoPlayable: (video: Video) => Effect.Effect<void>
  /** The last job of the video has ended, well or badly; `video.state` tells which. Once a video. */
  readonly transcodingEnded: (video: Video) => Effect.Effect<void>
}

const silent: Hooks = {
  renditionReady: () => Effect.void,
  videoPlayable: () => Effect.void,
  transcodingEnded: () => Effect.void
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
