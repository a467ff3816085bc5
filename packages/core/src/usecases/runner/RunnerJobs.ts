import { Context, Effect, Layer } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { RunnerStore } from "../../ports/RunnerStore.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "../engine/AfterCommit.ts"
import type { Completion } from "../engine/Completion.ts"
import type { JobOffers } from "../engine/JobOffers.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { type Abort, makeAbort } from "./abort.ts"
import { type Accept, makeAccept } from "./accept.ts"
import { makeError, type ReportError } from "./error.ts"
import type { JobLease } from "./JobLease.ts"
import type { Runners } from "./Runners.ts"
import { makeRequest, type Request } from "./request.ts"
import { makeSuccess, type Success } from "./success.ts"
import { makeUpdate, type Update } from "./update.ts"

/** The calls of runners about jobs, one for each verb of the wire. */
export class RunnerJobs extends Context.Tag("@runner-connector/core/RunnerJobs")<
  RunnerJobs,
  {
    readonly request: Request
    readonly accept: Accept
    readonly update: Update
    readonly success: Success
    readonly error: ReportError
    readonly abort: Abort
  }
>() {}

type Requirements =
  | JobStore
  | RunnerStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | Runners
  | JobLease
  | Completion
  | JobOffers
  | VideoFinalizer

const make = Effect.all({
  request: makeRequest,
  accept: makeAccept,
  update: makeUpdate,
  success: makeSuccess,
  error: makeError,
  abort: makeAbort
})

/** The calls of runners about jobs, over the ports. */
export const layer: Layer.Layer<RunnerJobs, never, Requirements | AfterCommit> = Layer.effect(RunnerJobs, make)
