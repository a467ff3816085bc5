import { CustomUploads, FileStorage, JobLease, type JobType, RunnerJobs, UploadedFile } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { JobParams, LeaseTokens, Payload } from "../http/fields.ts"
import { type Call, type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { lend } from "../uploads/waitingFiles.ts"
import { leaseCall, mayUpload } from "./leaseCall.ts"
import { payloadFiles } from "./payloadFiles.ts"

export const success = endpoint({
  name: "success",
  method: "POST",
  path: "/api/v1/runners/jobs/:jobUUID/success",
  summary: "Hand in the result of a job",
  params: JobParams,
  body: "form",
  files: ["payload[videoFile]", "payload[resolutionPlaylistFile]", "payload[vttFile]", "payload[storyboardFile]"],
  request: Schema.Struct({ ...LeaseTokens, payload: Payload }),
  status: 204,
  problems: [404, 409]
})

type SuccessCall = Call<typeof success.params.Type, unknown, typeof success.request.Type>

/** Adds the files that the runner uploaded before the result. A file of the same name in this form replaces them. */
const makeAddWaitingFiles = Effect.gen(function* () {
  const uploads = yield* CustomUploads.CustomUploads
  const storage = yield* FileStorage.FileStorage
  return (call: SuccessCall, release: Effect.Effect<void>) =>
    Effect.gen(function* () {
      const waiting = yield* uploads.waiting(leaseCall(call))
      const lent = yield* Effect.provideService(lend(waiting, call.folder), FileStorage.FileStorage, storage)
      const payload = waiting.length === 0 ? call.body.payload : { ...lent.files, ...call.body.payload }
      return { payload, release: Effect.zipRight(lent.release, release) }
    }).pipe(Effect.onError(() => release))
})

/**
 * Answers `success`. The form is received before `run`: fields first, then files, which are spooled to the disk once
 * `mayUpload` found the lease. `RunnerJobs.success` checks the result while the system brings it to the disk, stores it and
 * releases the spooled files.
 */
export const handleSuccess: Effect.Effect<
  Handler,
  never,
  | Reception
  | RunnerJobs.RunnerJobs
  | JobLease.JobLease
  | CustomUploads.CustomUploads
  | FileStorage.FileStorage
  | JobType.JobTypes
> = Effect.gen(function* () {
  const jobs = yield* RunnerJobs.RunnerJobs
  const lease = yield* JobLease.JobLease
  const addWaitingFiles = yield* makeAddWaitingFiles
  const { results } = yield* payloadFiles
  return yield* respondWithDocument(success, {
    files: results,
    mayUpload: mayUpload(lease.findProcessing),
    syncsFiles: true,
    run: (call) => {
      const synced = Effect.mapError(call.folder.sync, (cause) => new UploadedFile.UploadError({ cause }))
      return call.handOver((release) =>
        Effect.flatMap(addWaitingFiles(call, release), (result) =>
          jobs.success({ ...leaseCall(call), ...result, synced })
        )
      )
    }
  })
})
