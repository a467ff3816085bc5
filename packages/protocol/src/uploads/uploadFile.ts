import { CustomUploads, Errors, UploadedFile } from "@runner-connector/core"
import { Effect, Redacted, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { AnyObject, JobParams } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { UnknownPath } from "../http/ProtocolErrors.ts"

/**
 * The address authenticates the runner. An address that does not fit is answered like an unknown path, even if its UUID
 * is malformed, so that answers do not reveal jobs.
 */
const UploadParams = Schema.Struct({ jobUUID: Schema.String, uploadKey: Schema.String, file: Schema.String })

const upload = <const Name extends string>(name: Name, method: "PUT" | "POST") =>
  endpoint({
    name,
    method,
    path: "/api/v1/runners/jobs/:jobUUID/uploads/:uploadKey/:file",
    summary: `Upload one file of a result before the result, as the one part of a form (${method})`,
    params: UploadParams,
    body: "form",
    files: ["file"],
    request: Schema.Struct({ file: Schema.optional(AnyObject) }),
    status: 204,
    problems: [404]
  })

/** The payload tells runners to use this method. See `addUploads`. */
export const uploadFile = upload("uploadFile", "PUT")
/** The other method that runners support. */
export const postFile = upload("postFile", "POST")

const decodeJob = Schema.decodeUnknown(JobParams)

const addressOf = ({
  file,
  jobUUID,
  uploadKey
}: typeof UploadParams.Type): Effect.Effect<CustomUploads.UploadAddress, UnknownPath> =>
  Effect.mapBoth(decodeJob({ jobUUID }), {
    onFailure: () => new UnknownPath(),
    onSuccess: (job) => ({ id: job.jobUUID, key: Redacted.make(uploadKey), file })
  })

const handleUpload = (
  endpoint: ReturnType<typeof upload>
): Effect.Effect<Handler, never, Reception | CustomUploads.CustomUploads> =>
  Effect.flatMap(CustomUploads.CustomUploads, (uploads) =>
    respondWithDocument(endpoint, {
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
  )

/** Answers `uploadFile`. */
export const handleUploadFile: ReturnType<typeof handleUpload> = handleUpload(uploadFile)
/** Answers `postFile`. */
export const handlePostFile: ReturnType<typeof handleUpload> = handleUpload(postFile)
