import { ConnectorConfig, CustomUploads, type RunnerJob, Tokens } from "@runner-connector/core"
import { Effect, Redacted, Schema } from "effect"
import { pathOf } from "../http/Endpoint.ts"
import { originOf } from "../jobs/jobPayload.ts"
import { uploadFile } from "./uploadFile.ts"

const members = Schema.Record({ key: Schema.String, value: Schema.Unknown })
const isPayload = Schema.is(Schema.Struct({ output: members }))

/** Adds the upload addresses of the result's files to the payload of an accepted job, if custom uploads are on. */
export const addUploads: Effect.Effect<
  (job: RunnerJob.RunnerJob, payload: unknown, jobToken: Redacted.Redacted<string>) => Effect.Effect<unknown>,
  never,
  CustomUploads.CustomUploads | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const { publicUrl } = yield* ConnectorConfig.ConnectorConfig
  const uploads = yield* CustomUploads.CustomUploads
  const { method } = uploadFile
  return (job, payload, jobToken) =>
    Effect.map(Tokens.uploadKeyOf(jobToken), (key) => {
      const files = uploads.offered(job.type)
      if (files.length === 0 || !isPayload(payload)) return payload
      const targetOf = (file: string) => ({
        url: originOf(job, publicUrl) + pathOf(uploadFile, { jobUUID: job.id, uploadKey: Redacted.value(key), file }),
        method
      })
      const targets = Object.fromEntries(files.map((file) => [`${file}CustomUpload`, targetOf(file)]))
      return { ...payload, output: { ...payload.output, ...targets } }
    })
})
