import { attemptOf, ConnectorConfig, type JobType, type RunnerJob } from "@runner-connector/core"
import { Array as Arr, Cause, Effect, Either, Option } from "effect"
import { maxQuality } from "../files/maxQuality.ts"
import { maxQualityAudio } from "../files/maxQualityAudio.ts"
import { taskFile } from "../files/taskFile.ts"
import { thumbnail } from "../files/thumbnail.ts"
import { pathOf } from "../http/Endpoint.ts"

const urlsAt = (origin: string): JobType.JobUrls => {
  const url =
    (endpoint: { readonly path: string }): JobType.JobUrls["maxQuality"] =>
    (jobUUID, videoId) =>
      origin + pathOf(endpoint, { jobUUID, videoId })
  return {
    maxQuality: url(maxQuality),
    maxQualityAudio: url(maxQualityAudio),
    thumbnail: url(thumbnail),
    taskFile: (jobUUID, videoId, filename) => origin + pathOf(taskFile, { jobUUID, videoId, filename })
  }
}

/** The origin of the URLs in the payload of a job. */
export const originOf = ({ publicUrl }: Pick<RunnerJob.RunnerJob, "publicUrl">, configured: URL): string =>
  Option.getOrElse(publicUrl, () => configured.origin)

type Unreadable = Cause.NoSuchElementException | Cause.UnknownException

/** Builds the payload that runners read. Fails when no job type of this server can read the job. */
export const jobPayload: Effect.Effect<
  (job: RunnerJob.RunnerJob) => Either.Either<unknown, Unreadable>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  const attempt = yield* attemptOf
  return (job) => {
    const known = Either.fromOption(attempt(job), () => new Cause.NoSuchElementException())
    return Either.flatMap(known, ({ content, type }) =>
      Either.try({
        try: (): unknown => type.present(job, content, urlsAt(originOf(job, publicUrl))),
        catch: (error) => new Cause.UnknownException(error)
      })
    )
  }
})

const warn = ({ id, type }: RunnerJob.RunnerJob, error: Unreadable) =>
  Effect.logWarning("Cannot offer a job to runners: no job type of this server can read it", error).pipe(
    Effect.annotateLogs({ job: id, type })
  )

/** A job with the payload that runners read. */
export interface PresentedJob {
  readonly job: RunnerJob.RunnerJob
  readonly payload: unknown
}

/** Adds the payloads that runners read. Leaves out jobs that no job type of this server can read, and logs a warning. */
export const presentJobs: Effect.Effect<
  (jobs: ReadonlyArray<RunnerJob.RunnerJob>) => Effect.Effect<ReadonlyArray<PresentedJob>>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.map(jobPayload, (payloadOf) => (jobs) => {
  const [unreadable, presented] = Arr.partitionMap(jobs, (job) =>
    Either.mapBoth(payloadOf(job), {
      onLeft: (error) => warn(job, error),
      onRight: (payload): PresentedJob => ({ job, payload })
    })
  )
  // To run a list without elements would take several steps.
  return unreadable.length === 0
    ? Effect.succeed(presented)
    : Effect.as(Effect.all(unreadable, { discard: true }), presented)
})
