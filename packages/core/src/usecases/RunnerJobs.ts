import { Context, DateTime, Effect, Layer, Option, type Redacted } from "effect"
import type { ConnectorConfig } from "../ConnectorConfig.ts"
import type { JobId, VideoId } from "../domain/Ids.ts"
import { JobEvent } from "../domain/JobMachine.ts"
import type { Runner } from "../domain/Runner.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import { JobTypes } from "../jobs/JobType.ts"
import type { UploadError } from "../jobs/UploadedFile.ts"
import type { FileStorageError } from "../ports/FileStorage.ts"
import { type JobFilter, JobStore, type ListedJob } from "../ports/JobStore.ts"
import type { Page, PersistenceError } from "../ports/PersistenceError.ts"
import { RunnerNotifier } from "../ports/RunnerNotifier.ts"
import { hashToken, Identifiers, makeToken } from "../ports/Tokens.ts"
import type { VideoStore } from "../ports/VideoStore.ts"
import { anybody, makeAdvance } from "./advance.ts"
import type { Completion } from "./Completion.ts"
import { makeEndTry } from "./endTry.ts"
import {
  type InvalidPayload,
  JobNotCancellable,
  JobNotPending,
  type JobNotProcessing,
  type JobNotRemovable,
  JobTaken,
  type ResultAlreadyReceived,
  UnknownJob,
  type UnknownRunner
} from "./errors.ts"
import type { Claim, Holding } from "./Holding.ts"
import { makeHandIn } from "./handIn.ts"
import { makeHeartbeat } from "./heartbeat.ts"
import { type Caller, Runners } from "./Runners.ts"
import { makeRemoveJob } from "./removeJob.ts"
import { Settlement } from "./Settlement.ts"

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
    /** Up to ten pending jobs, best first. Reserves nothing. */
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
    readonly list: (filter: JobFilter) => Effect.Effect<Page<ListedJob>, PersistenceError>
    readonly ofVideo: (id: VideoId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>
  }
>() {}

/** How many jobs a runner is shown; it takes the first. */
const MAX_AVAILABLE = 10

const makeRequest = Effect.gen(function* () {
  const types = yield* JobTypes
  const store = yield* JobStore
  const runners = yield* Runners
  return Effect.fn("RunnerJobs.request")(function* (call: Parameters<RunnerJobs["Type"]["request"]>[0]) {
    const runner = yield* runners.authenticate(call.runnerToken)
    yield* runners.noteContact(runner, call.caller)
    const known = types.all.map((type) => type.name)
    const wanted = Option.match(call.jobTypes, {
      onNone: () => known,
      onSome: (asked) => known.filter((name) => asked.includes(name))
    })
    return yield* store.listAvailable({ types: wanted, limit: MAX_AVAILABLE, at: yield* DateTime.now })
  })
})

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
      jobTokenHash: yield* hashToken(jobToken),
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

const makeCancel = Effect.gen(function* () {
  const settlement = yield* Settlement
  const { advance } = yield* makeAdvance
  return Effect.fn("RunnerJobs.cancel")(function* (id: JobId) {
    const job = yield* advance(id, anybody, JobEvent.Cancelled()).pipe(
      Effect.catchTag("WrongJobState", (error) => new JobNotCancellable({ id, state: error.state }))
    )
    yield* settlement.afterJob(job)
  })
})

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const endTry = yield* makeEndTry
  const cancel = yield* makeCancel
  return RunnerJobs.of({
    request: yield* makeRequest,
    accept: yield* makeAccept,
    update: yield* makeHeartbeat,
    succeed: yield* makeHandIn,
    fail: (call) => endTry(call, call.message, (message) => JobEvent.Failed({ message })),
    abort: (call) => endTry(call, call.reason, (message) => JobEvent.Aborted({ stalled: false, message })),
    cancel,
    remove: yield* makeRemoveJob(cancel),
    list: store.list,
    ofVideo: store.ofVideo
  })
})

/** What is done with jobs, over the ports. */
export const layer: Layer.Layer<
  RunnerJobs,
  never,
  JobStore | VideoStore | JobTypes | RunnerNotifier | ConnectorConfig | Runners | Holding | Completion | Settlement
> = Layer.effect(RunnerJobs, make)
