import type { IncomingMessage, ServerResponse } from "node:http"

/**
 * A request listener of Node, and middleware of Express and Connect. Calls `next` for other paths. When `next` returns a
 * promise that rejects, the client gets a problem document: the message of a `ConnectorError` with a status below 500,
 * otherwise 500 without details, and a line in the log.
 */
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

/** Answers a web request. */
export type Fetch = (request: Request, context?: unknown) => Promise<Response>
