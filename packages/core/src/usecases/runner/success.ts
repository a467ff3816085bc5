import { DateTime, Deferred, Effect, Fiber, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { ReceivedResult } from "../../domain/job/ReceivedResult.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { receivedOf } from "../../jobs/receivedResult.ts"
import type { UploadError } from "../../jobs/UploadedFile.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { Completion } from "../engine/Completion.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { makeJobWritten } from "../engine/written.ts"
import { InvalidPayload, JobNotProcessing, ResultAlreadyReceived } from "../errors.ts"
import { JobLease, type LeaseCall, type LeaseError, type LeaseHolder, processedBy } from "./JobLease.ts"
import { Runners } from "./Runners.ts"
import { wrongPayload } from "./wrongPayload.ts"

const makeDecode = Effect.map(
  JobTypes,
  (types) => (job: RunnerJob, payload: unknown) =>
    Effect.flatMap(
      Effect.mapError(
        types.find(job.type),
        () => new InvalidPayload({ detail: "This server does not offer this type of job any more" })
      ),
      (type) =>
        Effect.map(
          Effect.mapError(Schema.decodeUnknown(type.result, { errors: "all" })(payload ?? {}), wrongPayload),
          (result) => ({ result, received: receivedOf(type, result) })
        )
    )
)

/** The follow-up of a result: once it is received, or once it is known that it is not. */
interface Reception {
  readonly received: ReceivedResult
  readonly store: (job: RunnerJob) => Effect.Effect<void>
  readonly release: Effect.Effect<void>
}

/**
 * Moves the job to Completing and begins to store the result. Of two requests at the same time the second one fails
 * with `ResultAlreadyReceived`. While the outcome of the write is unknown, the files stay.
 */
const makeReceive = Effect.gen(function* () {
  const jobs = yield* JobStore
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeJobWritten
  const { decide } = yield* makeAdvance

  return (holder: LeaseHolder, { received, release, store }: Reception) => {
    const event = JobEvent.ResultReceived({ received })
    const decided = decide(holder.id, processedBy(holder), event).pipe(
      Effect.catchTag("WrongJobState", ({ state }) => new JobNotProcessing({ id: holder.id, state })),
      Effect.onError(() => release)
    )
    const attempt = Effect.flatMap(decided, ({ changed }) =>
      afterCommit.run({
        write: jobs.commit(changed),
        written: wasWritten(changed[0]),
        effects: () => store(changed[0]),
        otherwise: release
      })
    )
    const afterRace = Effect.catchTag(retryConflicts(attempt), "JobNotProcessing", (error) =>
      Effect.fail(error.state === "Completing" ? new ResultAlreadyReceived({ id: holder.id }) : error)
    )
    return Effect.catchTag(attempt, "JobConflict", () => afterRace)
  }
})

/**
 * Takes the result. Returns when it is stored, or after `completionWait`: storing continues then. Runs `release` exactly
 * once, when the uploaded files are no longer needed. `synced` completes when they are on the disk: the result is not
 * published before.
 */
export type Success = (
  call: LeaseCall & {
    readonly payload: unknown
    readonly release: Effect.Effect<void>
    readonly synced?: Effect.Effect<void, UploadError>
  }
) => Effect.Effect<void, LeaseError | InvalidPayload | ResultAlreadyReceived>

/** `success` over the ports: check everything, take the result, store it behind the answer when that takes long. */
export const makeSuccess: Effect.Effect<Success, never, MovingJobs | JobLease | Completion | Runners> = Effect.gen(
  function* () {
    const config = yield* ConnectorConfig
    const lease = yield* JobLease
    const runners = yield* Runners
    const completion = yield* Completion
    const decode = yield* makeDecode
    const receive = yield* makeReceive

    const begin = (call: Parameters<Success>[0]) =>
      Effect.gen(function* () {
        const { release, synced = Effect.void } = call
        const { holder, received, result } = yield* Effect.gen(function* () {
          const { holder, job } = yield* lease.findProcessing(call)
          return { holder, ...(yield* decode(job, call.payload)) }
        }).pipe(Effect.onError(() => release))
        const storing = yield* Deferred.make<Fiber.Fiber<void>>()
        const store = (job: RunnerJob) =>
          Effect.flatMap(completion.start({ job, result, release, synced }), (fiber) =>
            Deferred.succeed(storing, fiber)
          )
        yield* receive(holder, { received, store, release })
        yield* runners.noteContact(holder.runner, call.caller, yield* DateTime.now)
        return yield* Deferred.await(storing)
      })

    // Uninterruptible from the first check to the start of storing, so that a client that disconnects changes nothing.
    return (call) =>
      begin(call).pipe(
        Effect.flatMap((storing) =>
          Effect.interruptible(Effect.timeoutOption(Fiber.await(storing), config.completionWait))
        ),
        Effect.asVoid,
        Effect.withSpan("RunnerJobs.success"),
        Effect.uninterruptible
      )
  }
)
