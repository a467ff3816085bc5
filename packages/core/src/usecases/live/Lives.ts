import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { Settlement } from "../engine/VideoFinalizer.ts"
import type { InvalidRequest, UnknownVideo, UnusableMedia } from "../errors.ts"
import { LiveStream, type StartLive } from "./liveRequest.ts"
import { makeStartLive } from "./startLive.ts"
import { makeStopLive } from "./stopLive.ts"

export { LiveStream, type StartLive }

/** Broadcasts streams that the host brings, and ends them. */
export class Lives extends Context.Tag("@runner-connector/core/Lives")<
  Lives,
  {
    /**
     * Asks runners to play the stream. Whichever takes it makes it watchable; it is not tried again. What the stream
     * holds is looked up unless it is said, for which it must be on the air.
     */
    readonly startLive: (
      request: StartLive
    ) => Effect.Effect<Video, InvalidRequest | UnusableMedia | ProbeError | PersistenceError>
    /**
     * Ends the live: at once when no runner plays it yet, else with what its runner reports next. Does nothing to one
     * that is over.
     */
    readonly stopLive: (id: VideoId) => Effect.Effect<void, UnknownVideo | InvalidRequest | PersistenceError>
  }
>() {}

/** Lives, over the ports. */
export const layer: Layer.Layer<
  Lives,
  never,
  JobStore | VideoStore | FileStorage | MediaProbe | JobTypes | RunnerNotifier | ConnectorConfig | Settlement
> = Layer.effect(Lives, Effect.all({ startLive: makeStartLive, stopLive: makeStopLive }))
