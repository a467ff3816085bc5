import { type ConnectorConfig, type JobType, RunnerJobs } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { AnyObject, CleanText, Token, Version } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { type PresentedJob, presentJobs } from "./jobPayload.ts"
import { callerOf } from "./leaseCall.ts"

/** A pending job. Runners expect exactly these three members. */
export const AvailableJob = Schema.Struct({
  uuid: Schema.String,
  type: Schema.String,
  payload: AnyObject
}).annotations({ identifier: "AvailableJob" })
export type AvailableJob = typeof AvailableJob.Type

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

const availableJob = ({ job, payload }: PresentedJob): AvailableJob => ({
  uuid: job.id,
  type: job.type,
  payload
})

/** Answers `request`. Leaves out jobs that no job type of this server can read. */
export const handleRequest: Effect.Effect<
  Handler,
  never,
  Reception | RunnerJobs.RunnerJobs | JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const jobs = yield* RunnerJobs.RunnerJobs
  const present = yield* presentJobs
  return yield* respondWithDocument(request, {
    run: Effect.fnUntraced(function* (call) {
      const { jobTypes, runnerToken, version } = call.body
      const caller = callerOf(call, version)
      const found = yield* jobs.request({ runnerToken, jobTypes: Option.fromNullable(jobTypes), caller })
      return { availableJobs: (yield* present(found)).map(availableJob) }
    })
  })
})
