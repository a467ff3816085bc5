import { Schema } from "effect"

/** The server could not be reached, broke off, or said that it cannot serve just now. Asking again later may help. */
export class ServerUnavailable extends Schema.TaggedError<ServerUnavailable>()("ServerUnavailable", {
  /** What was asked for: the name of an endpoint, `download` or `upload`. */
  asked: Schema.String,
  detail: Schema.String,
  /** How long the server wants to be left alone. */
  retryAfter: Schema.optional(Schema.DurationFromSelf)
}) {
  override get message(): string {
    return `${this.asked}: the server is unavailable: ${this.detail}`
  }
}

/** The server answered, and not with what was asked for. Asking the same again changes nothing. */
export class RequestRefused extends Schema.TaggedError<RequestRefused>()("RequestRefused", {
  asked: Schema.String,
  /** The status of the answer; absent when the request did not fit the protocol and was not sent. */
  status: Schema.optional(Schema.Int),
  /** The machine-readable reason of a problem document. */
  code: Schema.optional(Schema.String),
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.asked} was refused${this.status === undefined ? "" : ` (${this.status})`}: ${this.detail}`
  }
}

export type WireError = ServerUnavailable | RequestRefused

export const isUnavailable = (error: { readonly _tag: string }): error is ServerUnavailable =>
  error._tag === "ServerUnavailable"

export const isRefused = (error: { readonly _tag: string }): error is RequestRefused => error._tag === "RequestRefused"

/** A status that speaks of the moment, not of the request. */
export const isPassing = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status)

/** Statuses after which a download goes on at another address: by a bare GET, or by the same request once more. */
export const redirection = (status: number): "get" | "repeat" | undefined =>
  [301, 302, 303].includes(status) ? "get" : [307, 308].includes(status) ? "repeat" : undefined

/** The server does not know the runner token: the runner was removed, or the token is of another server. */
export const isUnknownRunner = (error: RequestRefused): boolean => error.code === "unknown_runner_token"

/** Answers to `accept` when the job is no longer to be had: taken in this moment, taken before, or deleted. */
export const isLostRace = (error: RequestRefused): boolean =>
  error.status === 409 || (error.code === undefined && (error.status === 400 || error.status === 404))

const notProcessing = "runner_job_not_in_processing_state"

/** The server knows the job and this try, and wants no more of it. */
export const isNotProcessing = (error: RequestRefused): boolean => error.code === notProcessing

/** The job is not ours any more: cancelled, given to another runner, or ended. */
export const isJobGone = (error: RequestRefused): boolean => error.status === 404 || isNotProcessing(error)

/** Answers to `success` after which there is nothing left to tell: the job is gone, or has its result already. */
export const isSettled = (error: RequestRefused): boolean => isJobGone(error) || error.status === 409
