import { Effect, Option, Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { waitingKeys } from "../../domain/job/CustomUploads.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type AnyJobType, type Attempt, JobTypes } from "../../jobs/JobType.ts"

/** A job with its type and its decoded payloads. */
export interface KnownAttempt {
  readonly type: AnyJobType
  readonly content: Attempt<unknown, unknown>
}

/** Decodes jobs by their types. None when the type is unknown or cannot decode the job. */
export const attemptOf: Effect.Effect<(job: RunnerJob) => Effect.Effect<Option.Option<KnownAttempt>>, never, JobTypes> =
  Effect.map(
    JobTypes,
    (types) => (job: RunnerJob) =>
      Effect.gen(function* () {
        const type = yield* types.find(job.type)
        const attemptId = Option.getOrElse(job.attemptId, () => "")
        const payload: unknown = yield* Schema.decodeUnknown(type.payload)(job.payload)
        const privatePayload: unknown = yield* Schema.decodeUnknown(type.privatePayload)(job.privatePayload)
        return { type, content: { job, payload, privatePayload, attemptId } }
      }).pipe(Effect.option)
  )

/**
 * Every file that this attempt may have stored. Only custom uploads when the type is unknown or cannot decode the job.
 */
export const filesOfAttempt: Effect.Effect<
  (attempt: RunnerJob) => Effect.Effect<ReadonlyArray<FileKey>>,
  never,
  JobTypes
> = Effect.map(
  attemptOf,
  (read) => (attempt: RunnerJob) =>
    Option.isNone(attempt.attemptId)
      ? Effect.succeed([])
      : Effect.map(read(attempt), (known) => [
          ...waitingKeys(attempt),
          ...Option.match(known, { onNone: () => [], onSome: ({ content, type }) => type.files(content) })
        ])
)
