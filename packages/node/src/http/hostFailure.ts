import type { ServerResponse } from "node:http"
import { Problem } from "@runner-connector/protocol"
import { Cause, Effect } from "effect"
import { ConnectorError } from "../errors/index.ts"
import { statusOf } from "../errors/statusOf.ts"

/** Clients learn the reason of their own mistakes only. */
const documentOf = (error: unknown) => {
  if (!(error instanceof ConnectorError)) return Problem.documentOf(Problem.unexpected)
  const { code, message } = error
  const status = statusOf(code)
  return status < 500
    ? { ...Problem.documentOf({ status, detail: message }), code }
    : Problem.documentOf({ ...Problem.unexpected, status })
}

/** Answers a request whose route in the host has rejected, and logs what is not the client's mistake. */
export const answerHostFailure = (response: ServerResponse, error: unknown): Effect.Effect<void> =>
  Effect.suspend(() => {
    const document = documentOf(error)
    if (response.headersSent) response.destroy()
    else {
      response.writeHead(document.status, { "content-type": Problem.mediaType })
      response.end(JSON.stringify(document))
    }
    return document.status < 500
      ? Effect.void
      : Effect.logError("A route of the application has failed", Cause.fail(error))
  })
