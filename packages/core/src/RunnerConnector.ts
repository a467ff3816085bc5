import { Effect, Layer } from "effect"
import type { ConnectorConfig } from "./config/ConnectorConfig.ts"
import { type BuiltIn, builtIn, type HostNeeds, layer as offer } from "./jobs/all.ts"
import type { JobTypes, OpenJobType } from "./jobs/JobType.ts"
import type { FileStorage } from "./ports/FileStorage.ts"
import type { MediaCutter } from "./ports/MediaCutter.ts"
import type { MediaProbe } from "./ports/MediaProbe.ts"
import type { MediaRemuxer } from "./ports/MediaRemuxer.ts"
import type { RunnerNotifier } from "./ports/RunnerNotifier.ts"
import type { Stores } from "./ports/Stores.ts"
import * as Capabilities from "./usecases/admin/Capabilities.ts"
import * as JobAdmin from "./usecases/admin/JobAdmin.ts"
import * as Overview from "./usecases/admin/Overview.ts"
import * as VideoAdmin from "./usecases/admin/VideoAdmin.ts"
import * as Cutting from "./usecases/chunks/Cutting.ts"
import * as Growing from "./usecases/chunks/Growing.ts"
import * as AfterCommit from "./usecases/engine/AfterCommit.ts"
import * as Completion from "./usecases/engine/Completion.ts"
import * as JobOffers from "./usecases/engine/JobOffers.ts"
import * as Publishing from "./usecases/engine/Publishing.ts"
import * as Resumption from "./usecases/engine/Resumption.ts"
import * as RunnerOutcomes from "./usecases/engine/RunnerOutcomes.ts"
import * as VideoFinalizer from "./usecases/engine/VideoFinalizer.ts"
import * as ConnectorEvents from "./usecases/events/ConnectorEvents.ts"
import { layerLoop as layerHooks } from "./usecases/events/callHooks.ts"
import * as Lives from "./usecases/live/Lives.ts"
import * as Replays from "./usecases/live/Replays.ts"
import * as CustomUploads from "./usecases/runner/CustomUploads.ts"
import * as JobFiles from "./usecases/runner/JobFiles.ts"
import * as JobLease from "./usecases/runner/JobLease.ts"
import * as RunnerJobs from "./usecases/runner/RunnerJobs.ts"
import * as Runners from "./usecases/runner/Runners.ts"
import * as Upkeep from "./usecases/upkeep/Upkeep.ts"
import * as Editing from "./usecases/video/Editing.ts"
import * as Jobs from "./usecases/video/Jobs.ts"
import * as MediaReports from "./usecases/video/MediaReports.ts"
import * as Removal from "./usecases/video/Removal.ts"
import * as Storyboards from "./usecases/video/Storyboards.ts"
import * as Transcoding from "./usecases/video/Transcoding.ts"
import * as Transcription from "./usecases/video/Transcription.ts"
import * as Uploads from "./usecases/video/Uploads.ts"
import * as Webhooks from "./usecases/webhooks/Webhooks.ts"

/** The ports that a host must provide, by adapters or in-memory twins. */
export type Ports = Stores | FileStorage | MediaProbe | MediaRemuxer | MediaCutter | RunnerNotifier

/** The use cases that a host can call. */
export type UseCases =
  | Runners.Runners
  | RunnerJobs.RunnerJobs
  | JobAdmin.JobAdmin
  | JobLease.JobLease
  | JobFiles.JobFiles
  | CustomUploads.CustomUploads
  | Transcoding.Transcoding
  | Transcription.Transcription
  | Storyboards.Storyboards
  | Editing.Editing
  | Lives.Lives
  | MediaReports.MediaReports
  | Removal.Removal
  | Jobs.Jobs
  | Uploads.Uploads
  | Resumption.Resumption
  | Upkeep.Upkeep
  | ConnectorEvents.ConnectorEvents
  | Webhooks.Webhooks
  | Overview.Overview
  | VideoAdmin.VideoAdmin
  | Capabilities.Capabilities
  | JobTypes

/** A list of job types that need any ports. */
// biome-ignore lint/suspicious/noExplicitAny: job types with any requirements; they are inferred
type Types = ReadonlyArray<OpenJobType<any>>

/** The requirements of a connector with these job types. */
type Needs<T extends Types> = Ports | ConnectorConfig | HostNeeds<T>

/** How the host runs the connector. */
export interface Options<T extends Types> {
  /**
   * All job types: `[...JobType.builtIn, Mine]`. The built-in ones unless given. Their ports become requirements of the
   * layer. Of two types with the same name the last one counts.
   */
  readonly jobTypes?: T
  /**
   * For processes that take turns: decides before each round of upkeep whether this process runs it. At least one process
   * of the installation must. Always unless given.
   */
  readonly upkeepWhen?: Effect.Effect<boolean>
}

/** The use cases that do not depend on the list of job types. */
const useCases = Upkeep.layer.pipe(
  Layer.provideMerge(
    Layer.mergeAll(Transcription.layer, Storyboards.layer, Editing.layer, Lives.layer, VideoAdmin.layer)
  ),
  Layer.provideMerge(Layer.mergeAll(Removal.layer, Jobs.layer, Transcoding.layer, JobFiles.layer, CustomUploads.layer)),
  Layer.provideMerge(Cutting.layer),
  Layer.provideMerge(Layer.mergeAll(RunnerJobs.layer, JobAdmin.layer, Resumption.layer, Capabilities.layer)),
  Layer.provideMerge(Completion.layer),
  Layer.provideMerge(Layer.mergeAll(Publishing.layer, JobLease.layer)),
  Layer.provideMerge(Runners.layer),
  Layer.provideMerge(VideoFinalizer.layer.pipe(Layer.provide(Layer.merge(Replays.layer, Growing.layer)))),
  Layer.provideMerge(
    Layer.mergeAll(
      AfterCommit.layer,
      JobOffers.layer,
      MediaReports.layer,
      Uploads.layer,
      ConnectorEvents.layer,
      Webhooks.layer,
      Overview.layer
    )
  ),
  Layer.provide(RunnerOutcomes.layer)
)

/** Like `layerUseCases`, with these job types. */
export const layerUseCasesWith = <const T extends Types = BuiltIn>({
  jobTypes
}: Pick<Options<T>, "jobTypes"> = {}): Layer.Layer<UseCases, never, Needs<T>> =>
  Layer.provideMerge(useCases, offer((jobTypes ?? builtIn) as T))

/** All use cases over the ports, without background work. For hosts that run upkeep themselves, and for tests. */
export const layerUseCases: Layer.Layer<UseCases, never, Ports | ConnectorConfig> = layerUseCasesWith()

/** Like `layer`, with the given options. */
export const layerWith = <const T extends Types = BuiltIn>({
  jobTypes,
  upkeepWhen = Effect.succeed(true)
}: Options<T>): Layer.Layer<UseCases, never, Needs<T>> =>
  Layer.merge(Upkeep.layerLoopWhen(upkeepWhen), layerHooks).pipe(
    Layer.provideMerge(layerUseCasesWith<T>(jobTypes === undefined ? {} : { jobTypes }))
  )

/** All use cases over the ports, with upkeep running and hooks being called for the lifetime of the layer. */
export const layer: Layer.Layer<UseCases, never, Ports | ConnectorConfig> = layerWith({})
