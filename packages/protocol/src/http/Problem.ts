import type {
  AdminAccess,
  Errors,
  FileStorage,
  MediaProbe,
  Persistence,
  PlaybackAccess,
  RunnerStore,
  UploadedFile,
  UploadStore
} from "@runner-connector/core"
import { Cause, Effect, Match } from "effect"
import type { ProblemCode } from "./ProblemDocument.ts"
import type * as Protocol from "./ProtocolErrors.ts"
import { type Problem, problemResponse } from "./problemResponse.ts"
import type { Status } from "./statuses.ts"

export { documentOf, problemMediaType as mediaType } from "./problemResponse.ts"
export type { Status } from "./statuses.ts"

/** Every error that a request can end with. */
export type WireError =
  | Errors.UnknownRunner
  | Errors.UnknownRegistrationToken
  | Errors.UnknownJob
  | Errors.UnknownWebhook
  | Errors.JobTaken
  | Errors.JobNotProcessing
  | Errors.ResultAlreadyReceived
  | Errors.JobNotCancellable
  | Errors.JobEnded
  | Errors.JobNotRemovable
  | Errors.RetryRefused
  | Errors.InvalidPayload
  | Errors.UnknownVideo
  | Errors.VideoNotOfJob
  | Errors.MissingInput
  | Errors.UnknownTaskFile
  | Errors.VideoFileNotFound
  | Errors.UnknownVideoFile
  | Errors.UnusableMedia
  | Errors.PictureNotFound
  | Errors.UnusablePicture
  | Errors.InvalidRequest
  | Errors.VideoNotReady
  | Errors.VideoBusy
  | RunnerStore.RunnerNameTaken
  | RunnerStore.RegistrationTokenSpent
  | FileStorage.FileNotFound
  | Persistence.PersistenceError
  | FileStorage.FileStorageError
  | MediaProbe.ProbeError
  | UploadedFile.UploadError
  | UploadStore.UploadsFull
  | AdminAccess.Unauthorized
  | AdminAccess.Forbidden
  | PlaybackAccess.PlaybackUnauthorized
  | PlaybackAccess.PlaybackForbidden
  | PlaybackAccess.PlaybackCheckFailed
  | Protocol.RunnerNotFound
  | Protocol.InvalidParameters
  | Protocol.MalformedBody
  | Protocol.BodyConsumed
  | Protocol.BodyTooLarge
  | Protocol.BodyStalled
  | Protocol.Overloaded
  | Protocol.TooManyStreams
  | Protocol.TooManyUploads
  | Protocol.UploadLocked
  | Protocol.UnsupportedBody
  | Protocol.UnknownPath
  | Protocol.MethodNotAllowed
  | Protocol.RangeNotSatisfiable
  | Protocol.SpoolError
  | Protocol.TooManyRequests
  | Protocol.CrossOriginRequest
  | Protocol.UnknownHost

const RETRY_AFTER_SECONDS = "5"
/** Uploads take minutes. */
const RETRY_AFTER_UPLOADS = "60"

const saying =
  (status: Status, code?: ProblemCode) =>
  ({ message }: { readonly message: string }): Problem => ({
    status,
    detail: message,
    ...(code === undefined ? {} : { code })
  })

/** HTTP requires a scheme with this status. Browsers ask no user for this one. */
const unauthorized = (error: { readonly message: string }): Problem => ({
  ...saying(401)(error),
  headers: { "www-authenticate": "Bearer" }
})

/** A temporary fault of the server. Only the log tells which. */
const unavailable = (): Problem => ({
  status: 503,
  detail: "The server cannot do this at the moment. Please try again later.",
  headers: { "retry-after": RETRY_AFTER_SECONDS }
})

/** A fault of the server. Clients learn nothing about it. */
export const unexpected: Problem = { status: 500, detail: "Something went wrong on this server" }

/**
 * Status and code of each error. Runners unregister on `unknown_runner_token`, look for another job on
 * `…not_in_pending_state` and stop a live on `…not_in_processing_state`. No other error has these codes.
 */
export const problemOf: (error: WireError) => Problem = Match.type<WireError>().pipe(
  Match.tagsExhaustive({
    UnknownRunner: saying(404, "unknown_runner_token"),
    UnknownRegistrationToken: saying(404),
    UnknownJob: saying(404),
    UnknownWebhook: saying(404),
    JobTaken: saying(409, "runner_job_not_in_pending_state"),
    JobNotProcessing: saying(400, "runner_job_not_in_processing_state"),
    ResultAlreadyReceived: saying(409),
    JobNotCancellable: saying(400),
    JobEnded: saying(409),
    JobNotRemovable: saying(400),
    JobNotRetryable: saying(400),
    JobSuperseded: saying(400),
    ParentNotCompleted: saying(400),
    VideoNotTranscodable: saying(409),
    InvalidPayload: saying(400),
    UnknownVideo: saying(404),
    VideoNotOfJob: saying(403),
    VideoFileNotFound: saying(404),
    UnknownVideoFile: saying(404),
    UnusableMedia: saying(422),
    PictureNotFound: saying(404),
    UnusablePicture: saying(422),
    InvalidRequest: saying(400),
    VideoNotReady: saying(409),
    VideoBusy: saying(409),
    RunnerNameTaken: saying(400),
    RegistrationTokenSpent: saying(403),
    MissingInput: saying(404),
    UnknownTaskFile: saying(400),
    FileNotFound: (): Problem => ({ status: 404, detail: "There is no such file" }),
    PersistenceError: unavailable,
    FileStorageError: unavailable,
    ProbeError: unavailable,
    UploadError: unavailable,
    SpoolError: unavailable,
    UploadsFull: (error): Problem => ({ ...saying(503)(error), headers: { "retry-after": RETRY_AFTER_UPLOADS } }),
    Unauthorized: unauthorized,
    PlaybackUnauthorized: unauthorized,
    PlaybackForbidden: saying(403),
    PlaybackCheckFailed: unavailable,
    Forbidden: saying(403),
    RunnerNotFound: saying(404),
    CrossOriginRequest: saying(403),
    UnknownHost: saying(403),
    InvalidParameters: (error): Problem => ({ ...saying(400)(error), invalid: error.parameters }),
    MalformedBody: saying(400),
    BodyConsumed: saying(500),
    BodyTooLarge: saying(413),
    BodyStalled: saying(408),
    Overloaded: unavailable,
    TooManyStreams: unavailable,
    TooManyUploads: unavailable,
    UploadLocked: saying(423),
    UnsupportedBody: saying(415),
    UnknownPath: saying(404),
    MethodNotAllowed: (error): Problem => ({ ...saying(405)(error), headers: { allow: error.allowed.join(", ") } }),
    TooManyRequests: (error): Problem => ({
      ...saying(429)(error),
      headers: { "retry-after": String(error.retryAfter) }
    }),
    RangeNotSatisfiable: (error): Problem => ({
      ...saying(416)(error),
      headers: { "content-range": `bytes */${error.size}` }
    })
  })
)

/** The response, or a problem document in its place. Logs faults of the server. Clients learn nothing about defects. */
export const answer = <A, R>(
  response: Effect.Effect<A, WireError, R>,
  request: Request
): Effect.Effect<A | Response, never, R> =>
  // One step while nothing fails.
  Effect.catchAllCause(response, (cause) =>
    Effect.failCause(cause).pipe(
      Effect.catchAll((error) => {
        const problem = problemOf(error)
        const log = problem.status < 500 ? Effect.logDebug : Effect.logWarning
        return Effect.as(log("A request was refused", Cause.fail(error)), problemResponse(problem, request))
      }),
      Effect.catchAllDefect((defect) =>
        Effect.as(
          Effect.logError("A request handler has failed", Cause.die(defect)),
          problemResponse(unexpected, request)
        )
      )
    )
  )
