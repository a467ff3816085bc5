import { Cause, Context, DateTime, Duration, Effect, ExecutionStrategy, type Fiber, Layer, Option, Scope } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { keysInUse } from "../../domain/video/VideoMachine.ts"
import { CompletionError, type JobTypes } from "../../jobs/JobType.ts"
import type { UploadError } from "../../jobs/UploadedFile.ts"
import { FileStorage } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "./AfterCommit.ts"
import { attemptOf, filesOfAttempt } from "./attempt.ts"
import { isContinued, isPublished, Publishing, stillStoring } from "./Publishing.ts"
import { VideoFinalizer } from "./VideoFinalizer.ts"
import { makeWithdraw } from "./withdraw.ts"

/** A result on the local disk. */
interface Received {
  /** It is Completing. */
  readonly job: RunnerJob
  readonly result: unknown
  /** Completes when the operating system has written the files to the disk. */
  readonly synced: Effect.Effect<void, UploadError>
}

/** Stores results in the background of the request that delivered them. */
export class Completion extends Context.Tag("@runner-connector/core/Completion")<
  Completion,
  {
    /**
     * Starts to store the result of a job that is Completing. Continues until the layer ends, even if the caller is
     * interrupted. Gives up a result that is not stored by then. Publishes the result after `synced`. Runs `release` once,
     * when the uploaded files are no longer needed.
     */
    readonly start: (
      completion: Received & { readonly release: Effect.Effect<void> }
    ) => Effect.Effect<Fiber.Fiber<void>>
    /** Whether this process is storing the result of this attempt. */
    readonly isStoring: (attempt: RunnerJob) => boolean
  }
>() {}

/** Gives up an attempt whose result was not stored. Never fails: upkeep repeats what failed. */
const makeGiveUp = Effect.gen(function* () {
  const store = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const withdraw = yield* makeWithdraw
  const filesOf = yield* filesOfAttempt

  /**
   * The process that took the job away deleted its files. Deletes the files that were stored after that. Also checks the
   * video, because publishing the result may have removed the job.
   */
  const clearUp = (attempt: RunnerJob) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(attempt.id)
      if (isPublished(attempt, job) || isContinued(attempt, job)) return
      const video = Option.flatten(yield* Effect.transposeMapOption(attempt.videoId, videos.find))
      const shown = new Set(Option.match(video, { onNone: () => [], onSome: keysInUse }))
      const left = filesOf(attempt).filter((key) => !shown.has(key))
      yield* Effect.forEach(left, (key) => storage.remove(key), { discard: true })
    })

  return (attempt: RunnerJob, event: JobEvent) =>
    withdraw(attempt, stillStoring(attempt), event).pipe(
      Effect.catchTag("AttemptLost", "UnknownJob", "WrongJobState", () => clearUp(attempt)),
      Effect.catchAllCause((cause) => Effect.logWarning("A result could not be withdrawn and is left to upkeep", cause))
    )
})

/**
 * Updates the job regularly while its result is stored. Does not use the lease, because the runner may be removed
 * meanwhile.
 */
const makeHeartbeat = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const store = yield* JobStore
  return (attempt: RunnerJob) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(attempt.id)
      if (job === undefined) return
      yield* stillStoring(attempt)(job)
      yield* store.commit([{ ...job, updatedAt: yield* DateTime.now }])
    }).pipe(
      Effect.catchAllCause((cause) => Effect.logDebug("A heartbeat was not written", cause)),
      Effect.delay(Duration.times(completionSilence, 1 / 4)),
      Effect.forever
    )
})

/**
 * Stores and publishes the result. Checks it while the operating system still writes it to the disk. Returns the
 * completed job.
 */
const makeStoreResult = Effect.gen(function* () {
  const publishing = yield* Publishing
  const attempts = yield* attemptOf
  return ({ job, result, synced }: Received) =>
    Effect.gen(function* () {
      const { content, type } = yield* attempts(job).pipe(
        Effect.mapError(() => new CompletionError({ message: "The job cannot be read any more" }))
      )
      const onDisk = Effect.mapError(
        synced,
        (cause) => new CompletionError({ message: "The result could not be brought to the disk", cause })
      )
      const storing = type.complete({ ...content, result })
      const publication = yield* Effect.zipLeft(storing, onDisk, { concurrent: true })
      return yield* publishing.publish(job, publication)
    })
})

/** Stores the result with a heartbeat and finalizes the video, or gives the attempt up. */
const makeComplete = Effect.gen(function* () {
  const finalizer = yield* VideoFinalizer
  const storeResult = yield* makeStoreResult
  const heartbeat = yield* makeHeartbeat
  const giveUp = yield* makeGiveUp

  return spanned("Completion.complete")(function* (received: Received) {
    const { job } = received
    yield* Effect.interruptible(Effect.raceFirst(storeResult(received), heartbeat(job))).pipe(
      Effect.catchAllDefect(
        (defect) => new CompletionError({ message: "The result could not be stored", cause: defect })
      ),
      Effect.onInterrupt(() =>
        giveUp(job, JobEvent.Aborted({ stalled: false, message: "The server stopped while it stored the result" }))
      ),
      Effect.matchEffect({
        onSuccess: (completed) => finalizer.afterJob(completed),
        onFailure: (error) =>
          Effect.zipRight(
            Effect.logWarning("A result was refused", Cause.fail(error)),
            giveUp(
              job,
              JobEvent.ResultRefused({
                message: error.message,
                fault: error._tag === "CompletionError" ? error.fault : undefined
              })
            )
          )
      })
    )
  })
})

const make = Effect.gen(function* () {
  const complete = yield* makeComplete
  // Parallel, so that at the end no result waits until another one is given up.
  const running = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.parallel)
  const storing = new Set<string>()

  const noted = (attempt: RunnerJob) => {
    const id = Option.getOrElse(attempt.attemptId, () => "")
    storing.add(id)
    return Effect.sync(() => void storing.delete(id))
  }

  return Completion.of({
    isStoring: (attempt) => Option.exists(attempt.attemptId, (id) => storing.has(id)),
    start: ({ release, ...received }) =>
      Effect.suspend(() => {
        const { job } = received
        const forget = noted(job)
        return complete(received).pipe(
          Effect.ensuring(Effect.zipRight(forget, release)),
          Effect.annotateLogs({ job: job.id, type: job.type }),
          Effect.forkIn(running)
        )
        // The fiber inherits this: it must not be interrupted before it starts.
      }).pipe(Effect.uninterruptible)
  })
})

/** Stores results while the layer lives. The end of the layer waits until unfinished results are given up. */
export const layer: Layer.Layer<
  Completion,
  never,
  | JobStore
  | VideoStore
  | FileStorage
  | JobTypes
  | RunnerNotifier
  | ConnectorConfig
  | Publishing
  | VideoFinalizer
  | AfterCommit
> = Layer.scoped(Completion, make)
