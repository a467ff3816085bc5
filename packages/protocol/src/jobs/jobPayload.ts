import { attemptOf, ConnectorConfig, type JobType, type RunnerJob } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { NoSuchElementException, UnknownException } from "effect/Cause"
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

/** Builds the payload that runners read. Fails when no job type of this server can read the job. */
export const jobPayload: Effect.Effect<
  (job: RunnerJob.RunnerJob) => Effect.Effect<unknown, NoSuchElementException | UnknownException>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  const attempt = yield* attemptOf
  return (job) =>
    Effect.flatMap(Effect.flatten(attempt(job)), ({ content, type }) =>
      Effect.try((): unknown => type.present(job, content, urlsAt(originOf(job, publicUrl))))
    )
})

/** Like `jobPayload`. Returns none and logs a warning when no job type of this server can read the job. */
export const presentJob: Effect.Effect<
  (job: RunnerJob.RunnerJob) => Effect.Effect<Option.Option<unknown>>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.map(
  jobPayload,
  (payloadOf) => (job) =>
    payloadOf(job).pipe(
      Effect.tapError((error) =>
        Effect.logWarning("Cannot offer a job to runners: no job type of this server can read it", error).pipe(
          Effect.annotateLogs({ job: job.id, type: job.type })
        )
      ),
      Effect.option
    )
)
