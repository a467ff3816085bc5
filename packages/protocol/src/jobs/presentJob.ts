import { attemptOf, ConnectorConfig, CustomUploads, type JobType, type RunnerJob, Tokens } from "@runner-connector/core"
import { Effect, type Option, Redacted, Schema } from "effect"
import type { NoSuchElementException, UnknownException } from "effect/Cause"
import * as FileEndpoints from "../files/FileEndpoints.ts"
import { pathOf } from "../http/Endpoint.ts"
import * as UploadEndpoints from "../uploads/UploadEndpoints.ts"

const urlsAt = (origin: string): JobType.JobUrls => {
  const url =
    (endpoint: { readonly path: string }): JobType.JobUrls["maxQuality"] =>
    (jobUUID, videoId) =>
      origin + pathOf(endpoint, { jobUUID, videoId })
  return {
    maxQuality: url(FileEndpoints.maxQuality),
    maxQualityAudio: url(FileEndpoints.maxQualityAudio),
    thumbnail: url(FileEndpoints.thumbnail),
    taskFile: (jobUUID, videoId, filename) => origin + pathOf(FileEndpoints.taskFile, { jobUUID, videoId, filename })
  }
}

/** The payload of a job as runners read it; fails when this server cannot read the job. */
export const jobPayload: Effect.Effect<
  (job: RunnerJob.RunnerJob) => Effect.Effect<unknown, NoSuchElementException | UnknownException>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  const attempt = yield* attemptOf
  const urls = urlsAt(publicUrl.origin)
  return (job) =>
    Effect.flatMap(Effect.flatten(attempt(job)), ({ content, type }) =>
      Effect.try((): unknown => type.present(job, content, urls))
    )
})

/** The same for runners: none, and a line in the log, when this server cannot read the job. */
export const presentJob: Effect.Effect<
  (job: RunnerJob.RunnerJob) => Effect.Effect<Option.Option<unknown>>,
  never,
  JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.map(
  jobPayload,
  (payloadOf) => (job) =>
    payloadOf(job).pipe(
      Effect.tapError((error) =>
        Effect.logWarning("A job cannot be shown to runners: no job type here can read it", error).pipe(
          Effect.annotateLogs({ job: job.id, type: job.type })
        )
      ),
      Effect.option
    )
)

const members = Schema.Record({ key: Schema.String, value: Schema.Unknown })
const isPayload = Schema.is(Schema.Struct({ output: members }))

/** Tells whoever has just taken the job where to bring the files of its result, where that is offered. */
export const addUploads: Effect.Effect<
  (job: RunnerJob.RunnerJob, payload: unknown, jobToken: Redacted.Redacted<string>) => Effect.Effect<unknown>,
  never,
  CustomUploads.CustomUploads | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  const uploads = yield* CustomUploads.CustomUploads
  const { method } = UploadEndpoints.uploadFile
  return (job, payload, jobToken) =>
    Effect.map(Tokens.uploadKeyOf(jobToken), (key) => {
      const files = uploads.offered(job.type)
      if (files.length === 0 || !isPayload(payload)) return payload
      const targetOf = (file: string) => ({
        url:
          publicUrl.origin +
          pathOf(UploadEndpoints.uploadFile, { jobUUID: job.id, uploadKey: Redacted.value(key), file }),
        method
      })
      const targets = Object.fromEntries(files.map((file) => [`${file}CustomUpload`, targetOf(file)]))
      return { ...payload, output: { ...payload.output, ...targets } }
    })
})

/** Every text in the value changed. */
const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === "string") return change(value)
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapTexts(one, change)]))
}

/** The payload of a job as administrators read it: without what only its runner needs to know. */
export const listedPayload: typeof jobPayload = Effect.gen(function* () {
  const payloadOf = yield* jobPayload
  const attempt = yield* attemptOf
  return (job) =>
    Effect.gen(function* () {
      const { content, type } = yield* Effect.flatten(attempt(job))
      const payload = yield* payloadOf(job)
      const { redactSecrets } = type
      return redactSecrets === undefined ? payload : mapTexts(payload, (text) => redactSecrets(text, content))
    })
})
