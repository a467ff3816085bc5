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

/** Decodes the payloads of a job. */
type Reader = (job: RunnerJob) => Option.Option<KnownAttempt>

const makeReader = (type: AnyJobType): Reader => {
  const payloadOf = Schema.decodeUnknownOption(type.payload)
  const privatePayloadOf = Schema.decodeUnknownOption(type.privatePayload)
  return (job) => {
    const payload: Option.Option<unknown> = payloadOf(job.payload)
    const privatePayload: Option.Option<unknown> = privatePayloadOf(job.privatePayload)
    if (Option.isNone(payload) || Option.isNone(privatePayload)) return Option.none()
    const attemptId = Option.getOrElse(job.attemptId, () => "")
    return Option.some({
      type,
      content: { job, payload: payload.value, privatePayload: privatePayload.value, attemptId }
    })
  }
}

/**
 * Decodes jobs by their types. None when the type is unknown or cannot decode the job. No effect: a request shows ten jobs,
 * and as effects they were more than half of its steps.
 */
export const attemptOf: Effect.Effect<Reader, never, JobTypes> = Effect.map(JobTypes, (types) => {
  const readers = new Map<string, Reader>()
  const readerOf = (type: AnyJobType): Reader => {
    const known = readers.get(type.name) ?? makeReader(type)
    readers.set(type.name, known)
    return known
  }
  return (job) => Option.flatMap(types.find(job.type), (type) => readerOf(type)(job))
})

/**
 * Every file that this attempt may have stored. Only custom uploads when the type is unknown or cannot decode the job.
 */
export const filesOfAttempt: Effect.Effect<(attempt: RunnerJob) => ReadonlyArray<FileKey>, never, JobTypes> =
  Effect.map(attemptOf, (read) => (attempt: RunnerJob) => {
    if (Option.isNone(attempt.attemptId)) return []
    const stored = Option.match(read(attempt), { onNone: () => [], onSome: ({ content, type }) => type.files(content) })
    return [...waitingKeys(attempt), ...stored]
  })
