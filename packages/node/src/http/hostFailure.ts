import type { ServerResponse } from "node:http"
import { Problem } from "@runner-connector/protocol"
import { Cause, Effect } from "effect"
import { ConnectorError } from "../errors/index.ts"

interface Failure {
  readonly status: number
  readonly detail: string
  readonly code?: string
}

const UNEXPECTED: Failure = { status: 500, detail: "Something went wrong on this server" }

/** Clients learn the reason of their own mistakes only. */
const failureOf = (error: unknown): Failure => {
  if (!(error instanceof ConnectorError)) return UNEXPECTED
  const { code, message, status } = error
  return status < 500 ? { status, detail: message, code } : { ...UNEXPECTED, status }
}

/** Answers a request whose route in the host has rejected, and logs what is not the client's mistake. */
export const answerHostFailure = (response: ServerResponse, error: unknown): Effect.Effect<void> =>
  Effect.suspend(() => {
    const failure = failureOf(error)
    if (response.headersSent) response.destroy()
    else {
      response.writeHead(failure.status, { "content-type": Problem.mediaType })
      response.end(JSON.stringify({ type: "about:blank", ...failure }))
    }
    return failure.status < 500
      ? Effect.void
      : Effect.logError("A route of the application has failed", Cause.fail(error))
  })
