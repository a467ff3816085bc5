import { JobLease, type JobType, RunnerJobs } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, LeaseTokens, Payload, Progress } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { leaseCall, mayUpload } from "./leaseCall.ts"
import { payloadFiles } from "./payloadFiles.ts"

export const update = endpoint({
  name: "update",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/update",
  summary: "Heartbeat of a running job, with its progress",
  params: JobParams,
  body: "form",
  files: ["payload[videoChunkFile]", "payload[resolutionPlaylistFile]", "payload[masterPlaylistFile]"],
  request: Schema.Struct({ ...LeaseTokens, progress: Schema.optional(Progress), payload: Payload }),
  status: 204,
  problems: [404]
})

/** Answers `update`. Stores the files of a live. */
export const handleUpdate: Effect.Effect<
  Handler,
  never,
  Reception | RunnerJobs.RunnerJobs | JobLease.JobLease | JobType.JobTypes
> = Effect.gen(function* () {
  const jobs = yield* RunnerJobs.RunnerJobs
  const lease = yield* JobLease.JobLease
  const { updates } = yield* payloadFiles
  return yield* respondWithDocument(update, {
    files: updates,
    mayUpload: mayUpload(lease.find),
    run: (call) => {
      const { payload, progress } = call.body
      return jobs.update({ ...leaseCall(call), progress: Option.fromNullable(progress), payload })
    }
  })
})
