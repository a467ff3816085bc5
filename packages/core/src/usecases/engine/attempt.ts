import { Effect, Option, type ParseResult, Schema } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { waitingKeys } from "../../domain/job/CustomUploads.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type AnyJobType, type Attempt, JobTypes } from "../../jobs/JobType.ts"

/** A job with its type and its decoded payloads. */
export interface KnownAttempt {
  readonly type: AnyJobType
  readonly content: Attempt<unknown, unknown>
}

/** Decodes the payloads of a job. */
type Reader = (job: RunnerJob) => Effect.Effect<KnownAttempt, ParseResult.ParseError>

const makeReader = (type: AnyJobType): Reader => {
  const payloadOf = Schema.decodeUnknown(type.payload)
  const privatePayloadOf = Schema.decodeUnknown(type.privatePayload)
  return (job) =>
    // Not `zipWith`, which costs as much as both.
    Effect.flatMap(payloadOf(job.payload), (payload: unknown) =>
      Effect.map(privatePayloadOf(job.privatePayload), (privatePayload: unknown) => {
        const attemptId = Option.getOrElse(job.attemptId, () => "")
        return { type, content: { job, payload, privatePayload, attemptId } }
      })
    )
}

/** Decodes jobs by their types. None when the type is unknown or cannot decode the job. */
export const attemptOf: Effect.Effect<(job: RunnerJob) => Effect.Effect<Option.Option<KnownAttempt>>, never, JobTypes> =
  Effect.map(JobTypes, (types) => {
    const readers = new Map<string, Reader>()
    const readerOf = (type: AnyJobType): Reader => {
      const known = readers.get(type.name) ?? makeReader(type)
      readers.set(type.name, known)
      return known
    }
    return (job) =>
      Option.match(types.find(job.type), {
        onNone: () => Effect.succeedNone,
        onSome: (type) => Effect.option(readerOf(type)(job))
      })
  })

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
