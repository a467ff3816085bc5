import {
  type ConnectorConfig,
  type CustomUploads,
  Errors,
  type JobType,
  type Runner,
  type RunnerJob,
  RunnerJobs
} from "@runner-connector/core"
import { Effect, Option, type Redacted, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, Token } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { addUploads } from "../uploads/addUploads.ts"
import { jobFields, jobMembers } from "./JobDocument.ts"
import { presentJobs } from "./jobPayload.ts"
import { callerOf } from "./leaseCall.ts"

/** The accepted job, with the token of the lease. */
export const AcceptedJob = Schema.Struct({ ...jobFields, jobToken: Token }).annotations({ identifier: "AcceptedJob" })
export type AcceptedJob = typeof AcceptedJob.Type

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

const acceptedJob = (
  job: RunnerJob.RunnerJob,
  runner: Runner.Runner,
  payload: unknown,
  jobToken: Redacted.Redacted<string>
): AcceptedJob => ({ ...jobMembers(job, Option.some(runner), payload), jobToken })

/** Answers `accept`. Aborts the attempt if no job type of this server can read the job. */
export const handleAccept: Effect.Effect<
  Handler,
  never,
  Reception | RunnerJobs.RunnerJobs | CustomUploads.CustomUploads | JobType.JobTypes | ConnectorConfig.ConnectorConfig
> = Effect.gen(function* () {
  const jobs = yield* RunnerJobs.RunnerJobs
  const present = yield* presentJobs
  const withUploads = yield* addUploads
  return yield* respondWithDocument(accept, {
    run: Effect.fnUntraced(function* (call) {
      const { runnerToken } = call.body
      const caller = callerOf(call)
      const { job, jobToken, runner } = yield* jobs.accept({ id: call.params.jobUUID, runnerToken, caller })
      const [presented] = yield* present([job])
      if (presented !== undefined) {
        return { job: acceptedJob(job, runner, yield* withUploads(job, presented.payload, jobToken), jobToken) }
      }
      const reason = "This server cannot build the payload of this job"
      yield* jobs.abort({ id: job.id, runnerToken, jobToken, caller, reason })
      return yield* new Errors.InvalidPayload({ detail: reason })
    })
  })
})
