import { Effect, Layer, Option } from "effect"
import type { Event, EventOf, EventType } from "../../domain/event/Event.ts"
import type { Video } from "../../domain/video/Video.ts"
import { ConnectorHooks, type Hooks, isLeftOut, isSilent } from "../../ports/ConnectorHooks.ts"
import type { EventConsumers } from "../../ports/EventConsumers.ts"
import type { EventStore } from "../../ports/EventStore.ts"
import { JobStore } from "../../ports/JobStore.ts"
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

type EndOfJob = EventOf<"job.completed" | "job.failed" | "job.cancelled">

/** A failed attempt is no end as long as the job is tried again. */
const isEndOfJob = (event: Event): event is EndOfJob =>
  event.type === "job.completed" || event.type === "job.cancelled" || (event.type === "job.failed" && event.data.final)

const endsOfJobs: ReadonlyArray<EndOfJob["type"]> = ["job.completed", "job.failed", "job.cancelled"]

/** The types of events for which the host has hooks. The end of every job is read only for a host that wants it. */
export const hookedTypes = (hooks: Hooks): ReadonlySet<EventType> =>
  new Set([
    ...(Object.keys(calls) as ReadonlyArray<keyof typeof calls>),
    ...(isLeftOut(hooks, "jobEnded") ? [] : endsOfJobs)
  ])

/**
 * Calls the hook of the event, with the video or the job as it is now. Calls none for one that was removed meanwhile.
 */
export const makeCallHook: Effect.Effect<
  (hooks: Hooks, event: Event) => Effect.Effect<void, PersistenceError>,
  never,
  VideoStore | JobStore
> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const jobs = yield* JobStore

  const callOfJob = (hooks: Hooks, event: EndOfJob) =>
    Effect.gen(function* () {
      const family = yield* Effect.transposeMapOption(event.jobId, jobs.family)
      const job = Option.flatMapNullable(family, ([first]) => first)
      yield* Effect.forEach(Option.toArray(job), (found) => hooks.jobEnded(found, event))
    })

  return (hooks, event) =>
    Effect.gen(function* () {
      if (isEndOfJob(event)) return yield* callOfJob(hooks, event)
      const call = (calls as Calls)[event.type] as
        | ((hooks: Hooks, video: Video, event: Event) => Effect.Effect<void>)
        | undefined
      const video = yield* Effect.transposeMapOption(event.videoId, videos.find)
      if (call !== undefined) {
        yield* Effect.forEach(Option.toArray(Option.flatten(video)), (found) => call(hooks, found, event))
      }
    })
})

/** The hooks are called one after the other, so none may take longer. */
const HOOK_TIMEOUT = "30 seconds"

/** Calls the hooks of the application for each event, in one process at a time. Does nothing without hooks. */
export const layerLoop: Layer.Layer<never, never, EventStore | EventConsumers | VideoStore | JobStore> =
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const hooks = yield* ConnectorHooks
      const callHook = yield* makeCallHook
      if (isSilent(hooks)) return
      yield* consume({
        name: "hooks",
        types: hookedTypes(hooks),
        handle: (event) => callHook(hooks, event),
        timeout: HOOK_TIMEOUT
      })
    })
  )
