import type { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { AcceptedJob, type AvailableJob, Endpoints } from "@runner-connector/protocol"
import { Effect, type Redacted, Schema } from "effect"
import type { WireError } from "./Answers.ts"
import * as FormBody from "./FormBody.ts"
import { uploading } from "./Moving.ts"
import * as Wire from "./Wire.ts"

/** A job in our hands, and what proves it. */
export interface Holding {
  readonly uuid: string
  readonly jobToken: Redacted.Redacted<string>
  readonly runnerToken: Redacted.Redacted<string>
}

/** Registers a runner; the token it gets is its identity from then on. */
export const register = (
  wire: Wire.Wire,
  request: typeof Endpoints.register.request.Type
): Effect.Effect<typeof Endpoints.register.response.Type, WireError> =>
  Wire.callJson(wire, Endpoints.register, {}, request).pipe(
    Effect.flatMap(Wire.decodeAnswer("register", Endpoints.register.response))
  )

/** Ends a registration. */
export const unregister = (wire: Wire.Wire, runnerToken: Redacted.Redacted<string>): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.unregister, {}, { runnerToken }))

/** The jobs that wait for a runner like us, best first. */
export const request = (
  wire: Wire.Wire,
  body: typeof Endpoints.request.request.Type
): Effect.Effect<ReadonlyArray<AvailableJob>, WireError> =>
  Wire.callJson(wire, Endpoints.request, {}, body).pipe(
    Effect.flatMap(Wire.decodeAnswer("request", Endpoints.request.response)),
    Effect.map(({ availableJobs }) => availableJobs)
  )

/** The members of an accepted job that a runner needs; servers differ in the others. */
const Accepted = Schema.Struct({ job: AcceptedJob.pick("uuid", "type", "payload", "jobToken") })

/** Accepts a job, or another of the same type when that one is gone. Fails when there is none. */
export const accept = (
  wire: Wire.Wire,
  uuid: string,
  runnerToken: Redacted.Redacted<string>
): Effect.Effect<(typeof Accepted.Type)["job"], WireError> =>
  Wire.callJson(wire, Endpoints.accept, { jobUUID: uuid }, { runnerToken }).pipe(
    Effect.flatMap(Wire.decodeAnswer("accept", Accepted)),
    Effect.map(({ job }) => job)
  )

/** Gives a job back unharmed. */
export const abort = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Holding,
  reason: string
): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.abort, { jobUUID: uuid }, { runnerToken, jobToken, reason }))

/** Says that a try has failed, and why; the message must hold nothing secret. */
export const error = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Holding,
  message: string
): Effect.Effect<void, WireError> =>
  Effect.asVoid(Wire.callJson(wire, Endpoints.error, { jobUUID: uuid }, { runnerToken, jobToken, message }))

/** Scalars of a form in the order of the real runner: progress, tokens, the payload's own. */
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

/** Files of the payload, as they are named in the form. */
const attached = (files: FormBody.Form["files"]): FormBody.Form["files"] =>
  files.map((file) => ({ ...file, field: `payload[${file.field}]` }))

/** What is told of a job that goes on: its share that is done, or a piece of its result. */
export interface Update {
  /** Percent. */
  readonly progress?: number
  /** Scalars of the payload. */
  readonly fields?: Readonly<Record<string, string>>
  /** Files under the name of their payload member; short ones, since the call may not last longer than any other. */
  readonly files?: FormBody.Form["files"]
}

/** Reports on a job; a sign of life in any case. */
export const update = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Holding,
  { fields: payload, files = [], progress }: Update
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const body = yield* Wire.encodeRequest(Endpoints.update, { runnerToken, jobToken, progress, payload })
    const form = yield* FormBody.make({ fields: fieldsOf(body), files: attached(files) })
    yield* Wire.withTimeout("update")(Wire.send(wire, Endpoints.update, { jobUUID: uuid }, form))
  })

/** What a job has made: scalars of the payload, and files under the name of their payload member. */
export interface Result {
  readonly fields: Readonly<Record<string, string>>
  readonly files: ReadonlyArray<FormBody.FilePart>
}

/** Hands in the result. Waits as long as the bytes move, and half an hour for the answer. */
export const success = (
  wire: Wire.Wire,
  { jobToken, runnerToken, uuid }: Holding,
  result: Result
): Effect.Effect<void, WireError | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const payload = result.fields
    const body = yield* Wire.encodeRequest(Endpoints.success, { runnerToken, jobToken, payload })
    const form = yield* FormBody.make({ fields: fieldsOf(body), files: attached(result.files) })
    yield* uploading("success", form, (moving) => Wire.send(wire, Endpoints.success, { jobUUID: uuid }, moving))
  })
