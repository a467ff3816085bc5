import { Effect, Layer, Option } from "effect"
import type { Event, EventOf, EventType } from "../../domain/event/Event.ts"
import type { Video } from "../../domain/video/Video.ts"
import { ConnectorHooks, type Hooks, isSilent } from "../../ports/ConnectorHooks.ts"
import type { EventConsumers } from "../../ports/EventConsumers.ts"
import type { EventStore } from "../../ports/EventStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { consume } from "./consume.ts"

type Calls = {
  readonly [Type in EventType]?: (hooks: Hooks, video: Video, event: EventOf<Type>) => Effect.Effect<void>
}

/** The hook of each type of event. */
const calls = {
  "video.rendition.ready": (hooks, video, event) => hooks.renditionReady(video, event.data.file, event),
  "video.file.ready": (hooks, video, event) => hooks.webVideoReady(video, event.data.file, event),
  "video.playable": (hooks, video, event) => hooks.videoPlayable(video, event),
  "video.completed": (hooks, video, event) => hooks.transcodingEnded(video, event),
  "video.failed": (hooks, video, event) => hooks.transcodingEnded(video, event),
  "captions.ready": (hooks, video, event) => hooks.transcriptionEnded(video, event.data.caption, event),
  "captions.failed": (hooks, video, event) => hooks.transcriptionFailed(video, event.data.message, event),
  "storyboard.ready": (hooks, video, event) => hooks.storyboardReady(video, event),
  "editing.completed": (hooks, video, event) => hooks.editingEnded(video, event),
  "editing.failed": (hooks, video, event) => hooks.editingFailed(video, event.data.message, event),
  "live.started": (hooks, video, event) => hooks.liveStarted(video, event),
  "live.ended": (hooks, video, event) => hooks.liveEnded(video, event)
} satisfies Calls

/** The types of events that have a hook. */
export const hookedTypes: ReadonlySet<EventType> = new Set(Object.keys(calls) as ReadonlyArray<keyof typeof calls>)

/** Calls the hook of the event, with the video as it is now. Calls none for a video that was removed meanwhile. */
export const makeCallHook: Effect.Effect<
  (hooks: Hooks, event: Event) => Effect.Effect<void, PersistenceError>,
  never,
  VideoStore
> = Effect.map(
  VideoStore,
  (videos) => (hooks, event) =>
    Effect.gen(function* () {
      const call = (calls as Calls)[event.type] as
        | ((hooks: Hooks, video: Video, event: Event) => Effect.Effect<void>)
        | undefined
      const video = yield* Effect.transposeMapOption(event.videoId, videos.find)
      if (call !== undefined) {
        yield* Effect.forEach(Option.toArray(Option.flatten(video)), (found) => call(hooks, found, event))
      }
    })
)

/** The hooks are called one after the other, so none may take longer. */
const HOOK_TIMEOUT = "30 seconds"

/** Calls the hooks of the application for each event, in one process at a time. Does nothing without hooks. */
export const layerLoop: Layer.Layer<never, never, EventStore | EventConsumers | VideoStore> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const hooks = yield* ConnectorHooks
    const callHook = yield* makeCallHook
    if (isSilent(hooks)) return
    yield* consume({
      name: "hooks",
      types: hookedTypes,
      handle: (event) => callHook(hooks, event),
      timeout: HOOK_TIMEOUT
    })
  })
)
