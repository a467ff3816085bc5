import { Layer } from "effect"
import type { ConnectorConfig } from "./ConnectorConfig.ts"
import { layer as jobTypes } from "./jobs/all.ts"
import type { JobTypes } from "./jobs/JobType.ts"
import type { FileStorage } from "./ports/FileStorage.ts"
import type { JobStore } from "./ports/JobStore.ts"
import type { MediaProbe } from "./ports/MediaProbe.ts"
import type { RunnerNotifier } from "./ports/RunnerNotifier.ts"
import type { RunnerStore } from "./ports/RunnerStore.ts"
import type { VideoStore } from "./ports/VideoStore.ts"
import * as Completion from "./usecases/Completion.ts"
import * as CustomUploads from "./usecases/CustomUploads.ts"
import * as Editing from "./usecases/Editing.ts"
import * as Holding from "./usecases/Holding.ts"
import * as JobFiles from "./usecases/JobFiles.ts"
import * as Lives from "./usecases/Lives.ts"
import * as Publishing from "./usecases/Publishing.ts"
import * as Removal from "./usecases/Removal.ts"
import * as Replays from "./usecases/Replays.ts"
import * as RunnerJobs from "./usecases/RunnerJobs.ts"
import * as Runners from "./usecases/Runners.ts"
import * as Settlement from "./usecases/Settlement.ts"
import * as Storyboards from "./usecases/Storyboards.ts"
import * as Transcoding from "./usecases/Transcoding.ts"
import * as Transcription from "./usecases/Transcription.ts"
import * as Upkeep from "./usecases/Upkeep.ts"

/** The ports that a host must provide, by adapters of its choice or by the in-memory twins. */
export type Ports = JobStore | RunnerStore | VideoStore | FileStorage | MediaProbe | RunnerNotifier

/** What a host can call. */
export type UseCases =
  | Runners.Runners
  | RunnerJobs.RunnerJobs
  | Holding.Holding
  | JobFiles.JobFiles
  | CustomUploads.CustomUploads
  | Transcoding.Transcoding
  | Transcription.Transcription
  | Storyboards.Storyboards
  | Editing.Editing
  | Lives.Lives
  | Removal.Removal
  | Upkeep.Upkeep
  | JobTypes

/** All use cases over the ports; nothing runs by itself. For hosts that call upkeep themselves, and for tests. */
export const layerUseCases: Layer.Layer<UseCases, never, Ports | ConnectorConfig> = Upkeep.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Transcription.layer, Storyboards.layer, Editing.layer, Lives.layer)),
  Layer.provideMerge(Layer.mergeAll(Removal.layer, Transcoding.layer, JobFiles.layer, CustomUploads.layer)),
  Layer.provideMerge(RunnerJobs.layer),
  Layer.provideMerge(Completion.layer),
  Layer.provideMerge(Layer.mergeAll(Publishing.layer, Holding.layer)),
  Layer.provideMerge(Layer.mergeAll(Runners.layer, Settlement.layer.pipe(Layer.provide(Replays.layer)))),
  Layer.provideMerge(jobTypes)
)

/** All use cases over the ports, with upkeep running for as long as the layer lives. */
export const layer: Layer.Layer<UseCases, never, Ports | ConnectorConfig> = Upkeep.layerLoop.pipe(
  Layer.provideMerge(layerUseCases)
)
