import { Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { AnyObject } from "../http/fields.ts"

/**
 * The address is the proof, and no answer repeats it: whatever does not fit is as unknown as another try, even a UUID
 * that is none.
 */
const UploadParams = Schema.Struct({ jobUUID: Schema.String, uploadKey: Schema.String, file: Schema.String })

const upload = <const Name extends string>(name: Name, method: "PUT" | "POST") =>
  endpoint({
    name,
    method,
    path: "/api/v1/runners/jobs/:jobUUID/uploads/:uploadKey/:file",
    summary: `Bring one file of a result before it, as the one part of a form (${method})`,
    params: UploadParams,
    body: "form",
    files: ["file"],
    request: Schema.Struct({ file: Schema.optional(AnyObject) }),
    status: 204,
    problems: [404]
  })

/** What runners are told to do; see `CustomUploads`. */
export const uploadFile = upload("uploadFile", "PUT")
/** Runners can do this as well. */
export const postFile = upload("postFile", "POST")
