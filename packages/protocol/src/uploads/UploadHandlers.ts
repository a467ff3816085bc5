import { CustomUploads, Errors, UploadedFile } from "@runner-connector/core"
import { Effect, Redacted, Schema } from "effect"
import { JobParams } from "../http/fields.ts"
import { documenting, type Handler, type Reception } from "../http/Handler.ts"
import { UnknownPath } from "../http/ProtocolErrors.ts"
import * as UploadEndpoints from "./UploadEndpoints.ts"

type Params = typeof UploadEndpoints.uploadFile.params.Type

const decodeJob = Schema.decodeUnknown(JobParams)

const addressOf = ({ file, jobUUID, uploadKey }: Params): Effect.Effect<CustomUploads.UploadAddress, UnknownPath> =>
  Effect.mapBoth(decodeJob({ jobUUID }), {
    onFailure: () => new UnknownPath(),
    onSuccess: (job) => ({ id: job.jobUUID, key: Redacted.make(uploadKey), file })
  })

/** How runners bring files before the result that they belong to. */
export const make = (
  reception: Reception
): Effect.Effect<Readonly<Record<string, Handler>>, never, CustomUploads.CustomUploads> =>
  Effect.gen(function* () {
    const uploads = yield* CustomUploads.CustomUploads

    const take = (endpoint: typeof UploadEndpoints.uploadFile | typeof UploadEndpoints.postFile) =>
      documenting(reception, endpoint as typeof UploadEndpoints.uploadFile, {
        proof: (params) => Effect.flatMap(addressOf(params), uploads.check),
        mayUpload: (params) => Effect.as(Effect.flatMap(addressOf(params), uploads.check), true),
        run: ({ body: { file }, handOver, params }) =>
          handOver((release) =>
            Effect.gen(function* () {
              const address = yield* addressOf(params)
              yield* uploads.check(address)
              if (!(file instanceof UploadedFile.UploadedFile)) {
                return yield* new Errors.InvalidPayload({
                  detail: "The form must have one file, in a part named `file`"
                })
              }
              yield* uploads.store(address, file)
            }).pipe(Effect.ensuring(release))
          )
      })

    return { uploadFile: take(UploadEndpoints.uploadFile), postFile: take(UploadEndpoints.postFile) }
  })
