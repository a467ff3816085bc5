import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { JobAdmin } from "../admin/JobAdmin.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeRemoveVideo, type RemoveVideo } from "./removeVideo.ts"
import { makeSweep, type Sweep } from "./sweepFiles.ts"

/** Removes videos, and files that no video refers to any more. */
export class Removal extends Context.Tag("@runner-connector/core/Removal")<
  Removal,
  {
    readonly removeVideo: RemoveVideo
    readonly sweep: Sweep
  }
>() {}

/** Removal over the ports. */
export const layer: Layer.Layer<
  Removal,
  never,
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | JobAdmin
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(Removal, Effect.all({ removeVideo: makeRemoveVideo, sweep: makeSweep }))
