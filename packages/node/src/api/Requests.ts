import type { IncomingMessage, ServerResponse } from "node:http"

/** A request listener of Node, and middleware of Express and Connect. */
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

/** Answers a web request. */
export type Fetch = (request: Request, context?: unknown) => Promise<Response>
