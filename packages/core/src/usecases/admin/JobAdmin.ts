import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobQueue } from "../../ports/JobQueue.ts"
import { type JobFilter, JobStore, type ListedJob } from "../../ports/JobStore.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import type { Runners } from "../runner/Runners.ts"
import { type Cancel, makeCancel } from "./cancelJob.ts"
import { type ChangeJobPriority, makeChangeJobPriority } from "./changeJobPriority.ts"
import { type Explain, makeExplainJobs } from "./explainJobs.ts"
import { makeRemoveJob, type Remove } from "./removeJob.ts"
import { makeRetryJob, type Retry } from "./retryJob.ts"

/** The calls of administrators about jobs. */
export class JobAdmin extends Context.Tag("@runner-connector/core/JobAdmin")<
  JobAdmin,
  {
    readonly cancel: Cancel
    readonly remove: Remove
    readonly retry: Retry
    readonly changePriority: ChangeJobPriority
    readonly explain: Explain
    readonly list: (filter: JobFilter) => Effect.Effect<Page<ListedJob>, PersistenceError>
    readonly ofVideo: (...ids: ReadonlyArray<VideoId>) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>
  }
>() {}

const make = Effect.gen(function* () {
  const { list, ofVideo } = yield* JobStore
  const cancel = yield* makeCancel
  return JobAdmin.of({
    cancel,
    remove: yield* makeRemoveJob(cancel),
    retry: yield* makeRetryJob,
    changePriority: yield* makeChangeJobPriority,
    explain: yield* makeExplainJobs,
    list,
    ofVideo
  })
})

/** The calls of administrators about jobs, over the ports. */
export const layer: Layer.Layer<
  JobAdmin,
  never,
  | JobStore
  | JobQueue
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | Runners
  | VideoFinalizer
  | AfterCommit
> = Layer.effect(JobAdmin, make)
