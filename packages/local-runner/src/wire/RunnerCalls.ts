import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AcceptedJob, type AvailableJob, Endpoints } from "@runner-connector/protocol"
import { Effect, type Redacted, Schema } from "effect"
import type { WireError } from "./Answers.ts"
import * as FormBody from "./FormBody.ts"
import { uploading } from "./Moving.ts"
import * as Wire from "./Wire.ts"

/** The lease of an accepted job: its identifier and the tokens that authorise calls for it. */
export interface Lease {
  readonly uuid: string
  readonly jobToken: Redacted.Redacted<string>
  readonly runnerToken: Redacted.Redacted<string>
}

/** Registers a runner. The returned token identifies the runner in all later calls. */
export const register = (
  wire: Wire.Wire,
  request: typeof Endpoints.register.request.Type
): Effect.Effect<typeof Endpoints.register.response.Type, WireError> =>
  Wire.callJson(wire, Endpoints.register, {}, request).pipe(
    Effect.flatMap(Wire.decodeAnswer("register", Endpoints.register.response))
  )

/** Unregisters a runner. */
export const unregister = (wire: Wire.Wire, runnerToken: Redacted.Redacted<string>): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.unregister, {}, { runnerToken }))

/** Requests the jobs available to this runner, best first. */
export const request = (
  wire: Wire.Wire,
  body: typeof Endpoints.request.request.Type
): Effect.Effect<ReadonlyArray<AvailableJob>, WireError> =>
  Wire.callJson(wire, Endpoints.request, {}, body).pipe(
    Effect.flatMap(Wire.decodeAnswer("request", Endpoints.request.response)),
    Effect.map(({ availableJobs }) => availableJobs)
  )

/** The members of an accepted job that a runner needs. Servers differ in the others. */
const Accepted = Schema.Struct({ job: AcceptedJob.pick("uuid", "type", "payload", "jobToken") })

/** Accepts a job, or another one of the same type if the requested one is taken. Fails if there is none. */
export const accept = (
  wire: Wire.Wire,
  uuid: string,
  runnerToken: Redacted.Redacted<string>
): Effect.Effect<(typeof Accepted.Type)["job"], WireError> =>
  Wire.callJson(wire, Endpoints.accept, { jobUUID: uuid }, { runnerToken }).pipe(
    Effect.flatMap(Wire.decodeAnswer("accept", Accepted)),
    Effect.map(({ job }) => job)
  )

/** Gives a job back. This does not count as a failure. */
export const abort = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Lease,
  reason: string
): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.abort, { jobUUID: uuid }, { runnerToken, jobToken, reason }))

/** Reports a failed attempt and its cause. The message must not contain secrets. */
export const error = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Lease,
  message: string
): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.error, { jobUUID: uuid }, { runnerToken, jobToken, message }))

/** The scalars of a form in the order of the official runner: progress, tokens, payload. */
const fieldsOf = (body: {
  readonly progress?: unknown
  readonly jobToken: string
  readonly runnerToken: string
  readonly payload?: Readonly<Record<string, unknown>> | undefined
}): FormBody.Form["fields"] => [
  ...(body.progress === undefined ? [] : [["progress", String(body.progress)] as const]),
  ["jobToken", body.jobToken],
  ["runnerToken", body.runnerToken],
  ...Object.entries(body.payload ?? {}).map(([name, value]) => [`payload[${name}]`, String(value)] as const)
]

/** The files of the payload under their form names. */
const attached = (files: FormBody.Form["files"]): FormBody.Form["files"] =>
  files.map((file) => ({ ...file, field: `payload[${file.field}]` }))

/** An update of a running job: its progress, or a part of its result. */
export interface Update {
  /** Percent. */
  readonly progress?: number
  /** Scalars of the payload. */
  readonly fields?: Readonly<Record<string, string>>
  /**
   * Files under the name of their payload member. They must be short, because the call has the same time limit as any
   * other.
   */
  readonly files?: FormBody.Form["files"]
}

/** Sends an update of a job. Every update counts as a heartbeat. */
export const update = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Lease,
  { fields: payload, files = [], progress }: Update
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const body = yield* Wire.encodeRequest(Endpoints.update, { runnerToken, jobToken, progress, payload })
    const form = yield* FormBody.make({ fields: fieldsOf(body), files: attached(files) })
    yield* Wire.withTimeout("update")(Wire.send(wire, Endpoints.update, { jobUUID: uuid }, form))
  })

/** The result of a job: scalars of the payload, and files under the name of their payload member. */
export interface Result {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<FormBody.FilePart>
}

/** Sends the result. Has no time limit while bytes are moving, and waits half an hour for the response. */
export const success = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Lease,
  result: Result
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const payload = result.fields
    const body = yield* Wire.encodeRequest(Endpoints.success, { runnerToken, jobToken, payload })
    const form = yield* FormBody.make({ fields: fieldsOf(body), files: attached(result.files) })
    yield* uploading("success", form, (moving) => Wire.send(wire, Endpoints.success, { jobUUID: uuid }, moving))
  })
