import {
  type ConnectorConfig,
  CustomUploads,
  Errors,
  FileStorage,
  type Ids,
  JobLease,
  type JobType,
  RunnerJobs,
  type Runners
} from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import type { Fields } from "../body/FormFields.ts"
import { HolderTokens } from "../http/fields.ts"
import { type Call, documenting, type Handler, type Reception } from "../http/Handler.ts"
import type { WireError } from "../http/Problem.ts"
import { lend } from "../uploads/waitingFiles.ts"
import * as JobDocuments from "./JobDocuments.ts"
import * as JobEndpoints from "./JobEndpoints.ts"
import { addUploads, presentJob } from "./presentJob.ts"

type JobParams = { readonly jobUUID: Ids.JobId }
type Tokens = Omit<JobLease.Claim, "id">
type Body = typeof JobEndpoints.success.request.Type

const callerOf = (call: { readonly ip: Runners.Caller["ip"] }, version?: string): Runners.Caller => ({
  ip: call.ip,
  version: Option.fromNullable(version)
})

/** What a call about a held job says of the job and of who calls. */
const held = (call: Call<JobParams, unknown, Tokens>) => ({
  id: call.params.jobUUID,
  runnerToken: call.body.runnerToken,
  jobToken: call.body.jobToken,
  caller: callerOf(call)
})

const tokensIn = Schema.decodeUnknownOption(Schema.Struct(HolderTokens))

/** Lets files in for those who hold the job; those who have not said so yet may be asked again. */
const uploadsOf =
  (check: (claim: JobLease.Claim) => Effect.Effect<unknown, WireError>) =>
  ({ jobUUID }: JobParams, fields: Fields): Effect.Effect<boolean, WireError> =>
    Option.match(tokensIn(fields), {
      onNone: () => Effect.succeed(false),
      onSome: (tokens) => Effect.as(check({ id: jobUUID, ...tokens }), true)
    })

const makeTaking = (reception: Reception) =>
  Effect.gen(function* () {
    const jobs = yield* RunnerJobs.RunnerJobs
    const present = yield* presentJob
    const withUploads = yield* addUploads

    const request = documenting(reception, JobEndpoints.request, {
      run: Effect.fnUntraced(function* (call) {
        const { jobTypes, runnerToken, version } = call.body
        const caller = callerOf(call, version)
        const found = yield* jobs.request({ runnerToken, jobTypes: Option.fromNullable(jobTypes), caller })
        const shown = yield* Effect.forEach(found, (job) =>
          Effect.map(
            present(job),
            Option.map((payload) => JobDocuments.availableJob(job, payload))
          )
        )
        return { availableJobs: shown.flatMap(Option.toArray) }
      })
    })

    const accept = documenting(reception, JobEndpoints.accept, {
      run: Effect.fnUntraced(function* (call) {
        const { runnerToken } = call.body
        const caller = callerOf(call)
        const { job, jobToken, runner } = yield* jobs.accept({ id: call.params.jobUUID, runnerToken, caller })
        const payload = yield* present(job)
        if (Option.isSome(payload)) {
          const told = yield* withUploads(job, payload.value, jobToken)
          return { job: JobDocuments.acceptedJob(job, runner, told, jobToken) }
        }
        const reason = "This server cannot tell runners what to do for this job"
        yield* jobs.abort({ id: job.id, runnerToken, jobToken, caller, reason })
        return yield* new Errors.InvalidPayload({ detail: reason })
      })
    })

    return { request, accept }
  })

const makeHeld = (reception: Reception) =>
  Effect.gen(function* () {
    const jobs = yield* RunnerJobs.RunnerJobs
    const lease = yield* JobLease.JobLease
    const uploads = yield* CustomUploads.CustomUploads
    const storage = yield* FileStorage.FileStorage

    /** What was brought before counts as if it came now; what comes now is preferred. */
    const complete = (call: Call<JobParams, unknown, Body>, release: Effect.Effect<void>) =>
      Effect.gen(function* () {
        const waiting = yield* uploads.waiting(held(call))
        const lent = yield* Effect.provideService(lend(waiting, call.folder), FileStorage.FileStorage, storage)
        const payload = waiting.length === 0 ? call.body.payload : { ...lent.files, ...call.body.payload }
        return { payload, release: Effect.zipRight(lent.release, release) }
      }).pipe(Effect.onError(() => release))

    const abort = documenting(reception, JobEndpoints.abort, {
      run: (call) => jobs.abort({ ...held(call), reason: call.body.reason })
    })

    const error = documenting(reception, JobEndpoints.error, {
      run: (call) => jobs.error({ ...held(call), message: call.body.message })
    })

    const update = documenting(reception, JobEndpoints.update, {
      mayUpload: uploadsOf(lease.find),
      run: (call) => {
        const { payload, progress } = call.body
        return jobs.update({ ...held(call), progress: Option.fromNullable(progress), payload })
      }
    })

    const success = documenting(reception, JobEndpoints.success, {
      mayUpload: uploadsOf(lease.findProcessing),
      run: (call) =>
        call.handOver((release) =>
          Effect.flatMap(complete(call, release), (result) => jobs.success({ ...held(call), ...result }))
        )
    })

    return { abort, error, update, success }
  })

/** How runners find, take and finish jobs. */
export const make = (
  reception: Reception
): Effect.Effect<
  Readonly<Record<string, Handler>>,
  never,
  | RunnerJobs.RunnerJobs
  | JobLease.JobLease
  | CustomUploads.CustomUploads
  | JobType.JobTypes
  | FileStorage.FileStorage
  | ConnectorConfig.ConnectorConfig
> => Effect.map(Effect.all([makeTaking(reception), makeHeld(reception)]), ([taking, held]) => ({ ...taking, ...held }))
