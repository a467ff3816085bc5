import { Effect, Redacted, Schema } from "effect"
import { UploadedFile } from "../jobs/UploadedFile.ts"
import { InvalidPayload } from "../usecases/errors.ts"
import { CustomUploads, type UploadAddress } from "../usecases/runner/CustomUploads.ts"
import { JobParams } from "./fields.ts"
import { documenting, type Handler, type Reception } from "./Handler.ts"
import { UnknownPath } from "./ProtocolErrors.ts"
import * as UploadEndpoints from "./UploadEndpoints.ts"

type Params = typeof UploadEndpoints.uploadFile.params.Type

const decodeJob = Schema.decodeUnknown(JobParams)

const addressOf = ({ file, jobUUID, uploadKey }: Params): Effect.Effect<UploadAddress, UnknownPath> =>
  Effect.mapBoth(decodeJob({ jobUUID }), {
    onFailure: () => new UnknownPath(),
    onSuccess: (job) => ({ id: job.jobUUID, key: Redacted.make(uploadKey), file })
  })

/** How runners bring files before the result that they belong to. */
export const make = (reception: Reception): Effect.Effect<Readonly<Record<string, Handler>>, never, CustomUploads> =>
  Effect.gen(function* () {
    const uploads = yield* CustomUploads

    const take = (endpoint: typeof UploadEndpoints.uploadFile | typeof UploadEndpoints.postFile) =>
      documenting(reception, endpoint as typeof UploadEndpoints.uploadFile, {
        proof: (params) => Effect.flatMap(addressOf(params), uploads.check),
        mayUpload: (params) => Effect.as(Effect.flatMap(addressOf(params), uploads.check), true),
        run: ({ body: { file }, handOver, params }) =>
          handOver((release) =>
            Effect.gen(function* () {
              const address = yield* addressOf(params)
              yield* uploads.check(address)
              if (!(file instanceof UploadedFile)) {
                return yield* new InvalidPayload({ detail: "The form must have one file, in a part named `file`" })
              }
              yield* uploads.store(address, file)
            }).pipe(Effect.ensuring(release))
          )
      })

    return { uploadFile: take(UploadEndpoints.uploadFile), postFile: take(UploadEndpoints.postFile) }
  })
