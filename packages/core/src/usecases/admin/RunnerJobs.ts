import { Context, Effect, Layer, type Option, type Redacted } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobId, VideoId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { WaitingFor } from "../../domain/job/WaitingFor.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { UploadError } from "../../jobs/UploadedFile.ts"
import type { FileStorage, FileStorageError } from "../../ports/FileStorage.ts"
import { type JobFilter, JobStore, type ListedJob } from "../../ports/JobStore.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { hashJobToken, Identifiers, makeToken } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { anybody, makeAdvance } from "../engine/advance.ts"
import type { Completion } from "../engine/Completion.ts"
import type { Settlement } from "../engine/VideoFinalizer.ts"
import {
  type InvalidPayload,
  type JobNotCancellable,
  JobNotPending,
  type JobNotProcessing,
  type JobNotRemovable,
  JobTaken,
  type ResultAlreadyReceived,
  type RetryRefused,
  UnknownJob,
  type UnknownRunner,
  type UnknownVideo
} from "../errors.ts"
import { makeCancel, makeEndTry } from "../runner/endJob.ts"
import type { Claim, Holding } from "../runner/JobLease.ts"
import { type Caller, Runners } from "../runner/Runners.ts"
import { makeOffer } from "../runner/request.ts"
import { makeHandIn } from "../runner/success.ts"
import { makeHeartbeat } from "../runner/update.ts"
import { makeExplainJobs } from "./explainJobs.ts"
import { makeRemoveJob } from "./removeJob.ts"
import { makeRetryJob } from "./retryJob.ts"

type Token = Redacted.Redacted<string>

/** A call by which a runner speaks of a job that it holds. */
export interface HeldCall extends Claim {
  readonly caller: Caller
}

/** What can be wrong with a call about a held job. */
export type HeldError = UnknownJob | JobNotProcessing | PersistenceError

/** What runners and administrators do with jobs. */
export class RunnerJobs extends Context.Tag("@runner-connector/core/RunnerJobs")<
  RunnerJobs,
  {
    /**
     * Up to ten pending jobs that the runner can do, best first. Without `jobTypes` its version tells which these are.
     * Reserves nothing.
     */
    readonly request: (call: {
      readonly runnerToken: Token
      readonly jobTypes: Option.Option<ReadonlyArray<string>>
      readonly caller: Caller
    }) => Effect.Effect<ReadonlyArray<RunnerJob>, UnknownRunner | PersistenceError>
    /** Gives a pending job to the runner, under a new token; of several callers on several servers one gets it. */
    readonly accept: (call: {
      readonly id: JobId
      readonly runnerToken: Token
      readonly caller: Caller
    }) => Effect.Effect<
      { readonly job: RunnerJob; readonly runner: Runner; readonly jobToken: Token },
      UnknownJob | JobNotPending | JobTaken | UnknownRunner | PersistenceError
    >
    /**
     * A sign of life, and what the type of the job takes besides. Without effect, and no error, once the result has
     * been handed in.
     */
    readonly update: (
      call: HeldCall & { readonly progress: Option.Option<number>; readonly payload: unknown }
    ) => Effect.Effect<void, HeldError | InvalidPayload | FileStorageError | UploadError>
    /**
     * Takes the result. Returns when it is stored, or after `completionWait`; storing goes on then. `release` is run
     * once in any case, when the uploaded files are not needed any more.
     */
    readonly succeed: (
      call: HeldCall & { readonly payload: unknown; readonly release: Effect.Effect<void> }
    ) => Effect.Effect<void, HeldError | InvalidPayload | ResultAlreadyReceived>
    /** The try has failed: back to Pending, or Errored after the last. */
    readonly fail: (call: HeldCall & { readonly message: string }) => Effect.Effect<void, HeldError>
    /** The runner gives the job back. No failure is counted. */
    readonly abort: (call: HeldCall & { readonly reason: string }) => Effect.Effect<void, HeldError>
    /** Nobody shall do the job, nor what waits for it. */
    readonly cancel: (id: JobId) => Effect.Effect<void, UnknownJob | JobNotCancellable | PersistenceError>
    /**
     * Removes the job with all that waits for it, however deep, after cancelling what of it is open. What its runner
     * says of it later is about an unknown job. After trouble in the middle the call can be made again.
     */
    readonly remove: (id: JobId) => Effect.Effect<void, UnknownJob | JobNotRemovable | PersistenceError>
    /**
     * Takes a job up again that has failed or was cancelled, as if it had never been tried, with all that ended because
     * it did; its video is open again in the same write, and `transcodingEnded` is told anew at its end. A job whose
     * parent is not completed waits for it. Not for types that say they are not `retryable`.
     */
    readonly retryJob: (id: JobId) => Effect.Effect<void, UnknownJob | UnknownVideo | RetryRefused | PersistenceError>
    /** Why nobody works on those of the jobs that wait; nothing is said of the others. */
    readonly explain: (
      jobs: ReadonlyArray<RunnerJob>
    ) => Effect.Effect<ReadonlyMap<JobId, WaitingFor>, PersistenceError>
    readonly list: (filter: JobFilter) => Effect.Effect<Page<ListedJob>, PersistenceError>
    readonly ofVideo: (id: VideoId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>
  }
>() {}

const makeAccept = Effect.gen(function* () {
  const store = yield* JobStore
  const notifier = yield* RunnerNotifier
  const runners = yield* Runners
  const ids = yield* Identifiers
  const { tryOnce } = yield* makeAdvance
  return Effect.fn("RunnerJobs.accept")(function* (call: Parameters<RunnerJobs["Type"]["accept"]>[0]) {
    const job = (yield* store.family(call.id))[0]
    if (job === undefined) return yield* new UnknownJob({ id: call.id })
    if (job.state !== "Pending") return yield* new JobNotPending({ id: call.id, state: job.state })
    const runner = yield* runners.authenticate(call.runnerToken)
    yield* runners.noteContact(runner, call.caller)
    const jobToken = yield* makeToken("ptrjt-")
    const event = JobEvent.Accepted({
      runnerId: runner.id,
      runner: runner.name,
      version: runner.version,
      jobTokenHash: yield* hashJobToken(jobToken),
      resultId: yield* ids.uuid
    })
    const accepted = yield* tryOnce(call.id, anybody, event).pipe(
      Effect.catchTag("JobConflict", "WrongJobState", () =>
        // The loser goes idle until it is called again, and there may be other work for it.
        Effect.zipRight(notifier.availableJobs, new JobTaken({ id: call.id }))
      )
    )
    return { job: accepted, runner, jobToken }
  })
})

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const endTry = yield* makeEndTry
  const cancel = yield* makeCancel
  return RunnerJobs.of({
    request: yield* makeOffer,
    accept: yield* makeAccept,
    update: yield* makeHeartbeat,
    succeed: yield* makeHandIn,
    fail: (call) => endTry(call, call.message, (message) => JobEvent.Failed({ message })),
    abort: (call) => endTry(call, call.reason, (message) => JobEvent.Aborted({ stalled: false, message })),
    cancel,
    remove: yield* makeRemoveJob(cancel),
    retryJob: yield* makeRetryJob,
    explain: yield* makeExplainJobs,
    list: store.list,
    ofVideo: store.ofVideo
  })
})

/** What is done with jobs, over the ports. */
export const layer: Layer.Layer<
  RunnerJobs,
  never,
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | Runners
  | Holding
  | Completion
  | Settlement
> = Layer.effect(RunnerJobs, make)
