import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { MediaProbe } from "../../ports/MediaProbe.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { LiveStream, type StartLive } from "./liveRequest.ts"
import { makeStartLive, type StartLiveCall } from "./startLive.ts"
import { makeStopLive, type StopLive } from "./stopLive.ts"

export { LiveStream, type StartLive }

/** Starts and stops lives from streams of the host. */
export class Lives extends Context.Tag("@runner-connector/core/Lives")<
  Lives,
  {
    readonly startLive: StartLiveCall
    readonly stopLive: StopLive
  }
>() {}

/** Lives over the ports. */
export const layer: Layer.Layer<
  Lives,
  never,
  | JobStore
  | VideoStore
  | FileStorage
  | MediaProbe
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(Lives, Effect.all({ startLive: makeStartLive, stopLive: makeStopLive }))
