import { Effect, Fiber, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { makeAdvance } from "../engine/advance.ts"
import { Completion } from "../engine/Completion.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
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
      (type) => Effect.mapError(Schema.decodeUnknown(type.result, { errors: "all" })(payload ?? {}), wrongPayload)
    )
)

/** Moves the job to Completing. Of two requests at the same moment the second fails with `ResultAlreadyReceived`. */
const makeReceive = Effect.map(makeAdvance, ({ tryOnce }) => (holder: LeaseHolder) => {
  const event = JobEvent.ResultReceived()
  const attempt = tryOnce(holder.id, processedBy(holder), event).pipe(
    Effect.catchTag("WrongJobState", ({ state }) => new JobNotProcessing({ id: holder.id, state }))
  )
  const afterRace = Effect.catchTag(retryConflicts(attempt), "JobNotProcessing", (error) =>
    Effect.fail(error.state === "Completing" ? new ResultAlreadyReceived({ id: holder.id }) : error)
  )
  return Effect.catchTag(attempt, "JobConflict", () => afterRace)
})

/**
 * Takes the result. Returns when it is stored, or after `completionWait`: storing continues then. Runs `release` exactly
 * once, when the uploaded files are no longer needed.
 */
export type Success = (
  call: LeaseCall & { readonly payload: unknown; readonly release: Effect.Effect<void> }
) => Effect.Effect<void, LeaseError | InvalidPayload | ResultAlreadyReceived>

/** `success` over the ports: check everything, take the result, store it behind the answer when that takes long. */
export const makeSuccess: Effect.Effect<
  Success,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | JobLease | Completion | Runners
> = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const lease = yield* JobLease
  const runners = yield* Runners
  const completion = yield* Completion
  const decode = yield* makeDecode
  const receive = yield* makeReceive

  const begin = (call: Parameters<Success>[0]) =>
    Effect.gen(function* () {
      const { holder, job } = yield* lease.findProcessing(call)
      const result = yield* decode(job, call.payload)
      const completing = yield* receive(holder)
      yield* runners.noteContact(holder.runner, call.caller)
      return yield* completion.start({ job: completing, result, release: call.release })
    }).pipe(Effect.onError(() => call.release))

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
})
