import { Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { CleanText, HolderTokens, JobParams, Message, Progress, Token, Version } from "../http/fields.ts"
import { AcceptedJob, AvailableJob } from "./JobDocuments.ts"

const Payload = Schema.optional(
  Schema.Record({ key: Schema.String, value: Schema.Unknown }).annotations({ jsonSchema: { type: "object" } })
)

export const request = endpoint({
  name: "request",
  method: "POST",
  path: "/api/v1/runners/jobs/request",
  summary: "List up to ten pending jobs, best first; reserves nothing",
  body: "json",
  request: Schema.Struct({
    runnerToken: Token,
    /** Absent: all types. Empty: nothing. Unknown names match nothing. */
    jobTypes: Schema.optional(Schema.Array(CleanText.pipe(Schema.maxLength(100))).pipe(Schema.maxItems(100))),
    version: Schema.optional(Version)
  }),
  status: 200,
  response: Schema.Struct({ availableJobs: Schema.Array(AvailableJob) }),
  problems: [404]
})

export const accept = endpoint({
  name: "accept",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/accept",
  summary: "Take a pending job; of several runners exactly one gets it",
  params: JobParams,
  body: "json",
  request: Schema.Struct({ runnerToken: Token }),
  status: 200,
  response: Schema.Struct({ job: AcceptedJob }),
  problems: [404, 409]
})

export const abort = endpoint({
  name: "abort",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/abort",
  summary: "Give a job back; no failure is counted",
  params: JobParams,
  body: "json",
  request: Schema.Struct({ ...HolderTokens, reason: Message }),
  status: 204,
  problems: [404]
})

export const update = endpoint({
  name: "update",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/update",
  summary: "Heartbeat of a running job, with its progress",
  params: JobParams,
  body: "form",
  files: ["payload[videoChunkFile]", "payload[resolutionPlaylistFile]", "payload[masterPlaylistFile]"],
  request: Schema.Struct({ ...HolderTokens, progress: Schema.optional(Progress), payload: Payload }),
  status: 204,
  problems: [404]
})

export const error = endpoint({
  name: "error",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/error",
  summary: "Report that a try has failed",
  // A report that gets lost leaves its job hanging.
  limited: false,
  params: JobParams,
  body: "json",
  request: Schema.Struct({ ...HolderTokens, message: Message }),
  status: 204,
  problems: [404]
})

export const success = endpoint({
  name: "success",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/success",
  summary: "Hand in the result of a job",
  params: JobParams,
  body: "form",
  files: ["payload[videoFile]", "payload[resolutionPlaylistFile]", "payload[vttFile]", "payload[storyboardFile]"],
  request: Schema.Struct({ ...HolderTokens, payload: Payload }),
  status: 204,
  problems: [404, 409]
})
