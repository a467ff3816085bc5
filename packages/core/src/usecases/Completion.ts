import { Context, DateTime, Duration, Effect, type Fiber, FiberSet, Layer, Option, type Scope } from "effect"
import { ConnectorConfig } from "../ConnectorConfig.ts"
import { JobEvent } from "../domain/JobMachine.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import { CompletionError, type JobTypes } from "../jobs/JobType.ts"
import { JobStore } from "../ports/JobStore.ts"
import type { RunnerNotifier } from "../ports/RunnerNotifier.ts"
import { makeAdvance } from "./advance.ts"
import { attemptOf } from "./attempt.ts"
import { isPublished, Publishing, stillStoring } from "./Publishing.ts"
import { Settlement } from "./Settlement.ts"

/** Stores results behind the request that brought them. */
export class Completion extends Context.Tag("@runner-connector/core/Completion")<
  Completion,
  {
    /**
     * Begins to store the result of a job that is Completing, and goes on with it until the layer ends, whatever
     * becomes of the caller. `release` is run once, when the uploaded files are not needed any more.
     */
    readonly start: (completion: {
      readonly job: RunnerJob
      readonly result: unknown
      readonly release: Effect.Effect<void>
    }) => Effect.Effect<Fiber.Fiber<void>>
    /** Takes a job whose result nobody stores any more out of Completing, as a failed try, and removes what is left. */
    readonly giveUp: (attempt: RunnerJob, message: string) => Effect.Effect<void>
  }
>() {}

const make = Effect.gen(function* () {
  const { advance } = yield* makeAdvance
  const config = yield* ConnectorConfig
  const store = yield* JobStore
  const publishing = yield* Publishing
  const settlement = yield* Settlement
  const attempts = yield* attemptOf
  const running = yield* FiberSet.make<void>()

  const discard = (attempt: RunnerJob) =>
    Effect.flatMap(
      attempts(attempt),
      Option.match({
        onNone: () => Effect.void,
        onSome: ({ type, content }) => type.discard(content)
      })
    )

  /** Nothing is removed before it is certain that nothing of it is published. */
  const leave = (attempt: RunnerJob, event: JobEvent) =>
    advance(attempt.id, stillStoring(attempt), event).pipe(
      Effect.tap((job) => Effect.zipRight(discard(attempt), settlement.afterJob(job))),
      Effect.catchTag("AttemptLost", "UnknownJob", "WrongJobState", () =>
        Effect.flatMap(store.family(attempt.id), ([job]) =>
          isPublished(attempt, job) ? Effect.void : discard(attempt)
        )
      ),
      Effect.catchAllCause((cause) => Effect.logWarning("A job stays Completing; upkeep will see to it", cause)),
      Effect.asVoid
    )

  const giveUp = (attempt: RunnerJob, message: string) => leave(attempt, JobEvent.ResultRefused({ message }))

  const beat = (job: RunnerJob) =>
    Effect.gen(function* () {
      if (Option.isNone(job.jobTokenHash) || Option.isNone(job.runnerId)) return
      yield* store.beat({
        id: job.id,
        runnerId: job.runnerId.value,
        jobTokenHash: job.jobTokenHash.value,
        at: yield* DateTime.now,
        progress: Option.none()
      })
    }).pipe(
      Effect.catchAll((error) => Effect.logDebug("A sign of life was not written", error)),
      Effect.delay(Duration.times(config.completionSilence, 1 / 4)),
      Effect.forever
    )

  const store_ = (job: RunnerJob, result: unknown) =>
    Effect.gen(function* () {
      const known = yield* Effect.flatten(attempts(job)).pipe(
        Effect.mapError(() => new CompletionError({ message: "The job cannot be read any more" }))
      )
      const publication = yield* known.type.complete({ ...known.content, result })
      const isVisible = yield* publishing.publish(job, publication)
      if (!isVisible) yield* known.type.discard(known.content)
    })

  const complete = Effect.fn("Completion.complete")(function* (job: RunnerJob, result: unknown) {
    yield* store_(job, result).pipe(
      Effect.raceFirst(beat(job)),
      Effect.catchAllDefect((defect) =>
        Effect.zipRight(
          Effect.logError("Storing a result failed unexpectedly", defect),
          new CompletionError({ message: "The result could not be stored" })
        )
      ),
      Effect.onInterrupt(() =>
        leave(job, JobEvent.Aborted({ stalled: false, message: "The server stopped while it stored the result" }))
      ),
      Effect.matchEffect({
        onSuccess: () => settlement.afterJob({ ...job, state: "Completed" }),
        onFailure: (error) =>
          Effect.zipRight(
            Effect.logWarning("A result was refused").pipe(Effect.annotateLogs({ reason: error.message })),
            giveUp(job, error.message)
          )
      })
    )
  })

  return Completion.of({
    giveUp,
    start: ({ job, release, result }) =>
      FiberSet.run(running)(
        complete(job, result).pipe(Effect.ensuring(release), Effect.annotateLogs({ job: job.id, type: job.type }))
      )
  })
})

export const layer: Layer.Layer<
  Completion,
  never,
  JobStore | JobTypes | RunnerNotifier | ConnectorConfig | Publishing | Settlement
> = Layer.scoped(
  Completion,
  make as Effect.Effect<Completion["Type"], never, Effect.Effect.Context<typeof make> | Scope.Scope>
)
