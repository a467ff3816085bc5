import { Schema } from "effect"

/** The server could not be reached, closed the connection, or is temporarily unavailable. A later retry may help. */
export class ServerUnavailable extends Schema.TaggedError<ServerUnavailable>()("ServerUnavailable", {
  /** The failed operation: the name of an endpoint, `download` or `upload`. */
  operation: Schema.String,
  detail: Schema.String,
  /** The minimum pause that the server requests. */
  retryAfter: Schema.optional(Schema.DurationFromSelf)
}) {
  override get message(): string {
    return `${this.operation}: the server is unavailable: ${this.detail}`
  }
}

/** The server refused the request or sent an unexpected response. A retry fails in the same way. */
export class RequestRefused extends Schema.TaggedError<RequestRefused>()("RequestRefused", {
  operation: Schema.String,
  /** The status of the response. Absent when the request did not fit the protocol and was not sent. */
  status: Schema.optional(Schema.Int),
  /** The machine-readable reason of a problem document. */
  code: Schema.optional(Schema.String),
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.operation} was refused${this.status === undefined ? "" : ` (${this.status})`}: ${this.detail}`
  }
}

export type WireError = ServerUnavailable | RequestRefused

export const isUnavailable = (error: { readonly _tag: string }): error is ServerUnavailable =>
  error._tag === "ServerUnavailable"

export const isRefused = (error: { readonly _tag: string }): error is RequestRefused => error._tag === "RequestRefused"

/** Recognises a temporary status, which does not depend on the request. */
export const isPassing = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status)

/** Recognises redirects of a download: to a GET without a body, or to the same request at another address. */
export const redirection = (status: number): "get" | "repeat" | undefined =>
  [301, 302, 303].includes(status) ? "get" : [307, 308].includes(status) ? "repeat" : undefined

/** The server does not know the runner token: the runner was removed, or the token belongs to another server. */
export const isUnknownRunner = (error: RequestRefused): boolean => error.code === "unknown_runner_token"

/** Refusals of `accept` for an unavailable job: taken at the same moment, taken earlier, or deleted. */
export const isLostRace = (error: RequestRefused): boolean =>
  error.status === 409 || (error.code === undefined && (error.status === 400 || error.status === 404))

const notProcessing = "runner_job_not_in_processing_state"

/** The server knows the job and this attempt, but the attempt has ended. */
export const isNotProcessing = (error: RequestRefused): boolean => error.code === notProcessing

/** The job does not belong to this runner any more: it was cancelled, given to another runner, or ended. */
export const isJobGone = (error: RequestRefused): boolean => error.status === 404 || isNotProcessing(error)

/** Refusals of `success` after which nothing is left to report: the job is gone, or already has its result. */
export const isSettled = (error: RequestRefused): boolean => isJobGone(error) || error.status === 409
