import { Cause, Context, DateTime, Duration, Effect, ExecutionStrategy, type Fiber, Layer, Option, Scope } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { keysInUse } from "../../domain/video/VideoMachine.ts"
import { CompletionError, type JobTypes } from "../../jobs/JobType.ts"
import { FileStorage } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { AfterCommit } from "./AfterCommit.ts"
import { attemptOf, filesOfAttempt } from "./attempt.ts"
import { isContinued, isPublished, Publishing, stillStoring } from "./Publishing.ts"
import { VideoFinalizer } from "./VideoFinalizer.ts"
import { makeWithdraw } from "./withdraw.ts"

/** Stores results behind the request that brought them. */
export class Completion extends Context.Tag("@runner-connector/core/Completion")<
  Completion,
  {
    /**
     * Begins to store the result of a job that is Completing, and goes on with it until the layer ends, whatever
     * becomes of the caller; a result that is not stored by then is given back. `release` is run once, when the
     * uploaded files are not needed any more.
     */
    readonly start: (completion: {
      readonly job: RunnerJob
      readonly result: unknown
      readonly release: Effect.Effect<void>
    }) => Effect.Effect<Fiber.Fiber<void>>
    /** Whether this process is storing the result of this attempt. */
    readonly isStoring: (attempt: RunnerJob) => boolean
  }
>() {}

/** Gives up a try whose result was not stored. Never fails: what cannot be done now is left to upkeep. */
const makeLeave = Effect.gen(function* () {
  const store = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const withdraw = yield* makeWithdraw
  const filesOf = yield* filesOfAttempt

  /**
   * Whoever took the job away removed its files; this removes those that came after that. The video is asked as well:
   * the job may have been removed when its result was published.
   */
  const clearUp = (attempt: RunnerJob) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(attempt.id)
      if (isPublished(attempt, job) || isContinued(attempt, job)) return
      const video = Option.isSome(attempt.videoId) ? yield* videos.find(attempt.videoId.value) : Option.none()
      const shown = new Set(Option.isSome(video) ? keysInUse(video.value) : [])
      const left = (yield* filesOf(attempt)).filter((key) => !shown.has(key))
      yield* Effect.forEach(left, (key) => storage.remove(key), { discard: true })
    })

  return (attempt: RunnerJob, event: JobEvent) =>
    withdraw(attempt, stillStoring(attempt), event).pipe(
      Effect.catchTag("AttemptLost", "UnknownJob", "WrongJobState", () => clearUp(attempt)),
      Effect.catchAllCause((cause) =>
        Effect.logWarning("A result could not be withdrawn; upkeep will see to it", cause)
      )
    )
})

const make = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const store = yield* JobStore
  const publishing = yield* Publishing
  const finalizer = yield* VideoFinalizer
  const attempts = yield* attemptOf
  const leave = yield* makeLeave
  // Parallel: at the end no result waits for another one to be given back.
  const running = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.parallel)
  const storing = new Set<string>()

  const noted = (attempt: RunnerJob) => {
    const id = Option.getOrElse(attempt.attemptId, () => "")
    storing.add(id)
    return Effect.sync(() => void storing.delete(id))
  }

  /** In the name of the job, not of its runner: that one may be removed while its result is stored. */
  const beat = (attempt: RunnerJob) =>
    Effect.gen(function* () {
      const [job] = yield* store.family(attempt.id)
      if (job === undefined) return
      yield* stillStoring(attempt)(job)
      yield* store.commit([{ ...job, updatedAt: yield* DateTime.now }])
    }).pipe(
      Effect.catchAllCause((cause) => Effect.logDebug("A sign of life was not written", cause)),
      Effect.delay(Duration.times(config.completionSilence, 1 / 4)),
      Effect.forever
    )

  /** Stores and publishes; the job as it is afterwards. */
  const storeResult = (job: RunnerJob, result: unknown) =>
    Effect.gen(function* () {
      const { content, type } = yield* Effect.flatten(attempts(job)).pipe(
        Effect.mapError(() => new CompletionError({ message: "The job cannot be read any more" }))
      )
      const publication = yield* type.complete({ ...content, result })
      return yield* publishing.publish(job, publication)
    })

  const complete = Effect.fn("Completion.complete")(function* (job: RunnerJob, result: unknown) {
    yield* Effect.interruptible(Effect.raceFirst(storeResult(job, result), beat(job))).pipe(
      Effect.catchAllDefect(
        (defect) => new CompletionError({ message: "The result could not be stored", cause: defect })
      ),
      Effect.onInterrupt(() =>
        leave(job, JobEvent.Aborted({ stalled: false, message: "The server stopped while it stored the result" }))
      ),
      Effect.matchEffect({
        onSuccess: (completed) => finalizer.afterJob(completed),
        onFailure: (error) =>
          Effect.zipRight(
            Effect.logWarning("A result was refused", Cause.fail(error)),
            leave(
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

  return Completion.of({
    isStoring: (attempt) => Option.exists(attempt.attemptId, (id) => storing.has(id)),
    start: ({ job, release, result }) =>
      Effect.suspend(() => {
        const forget = noted(job)
        return complete(job, result).pipe(
          Effect.ensuring(Effect.zipRight(forget, release)),
          Effect.annotateLogs({ job: job.id, type: job.type }),
          Effect.forkIn(running)
        )
        // A fiber begins as interruptible as the one that forks it, and this one must not be lost before it begins.
      }).pipe(Effect.uninterruptible)
  })
})

/** Stores results for as long as the layer lives; its end waits until what is not stored is given back. */
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
