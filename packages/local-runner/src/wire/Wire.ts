import {
  FetchHttpClient,
  HttpBody,
  HttpClient,
  type HttpClientError,
  HttpClientRequest,
  type HttpClientResponse
} from "@effect/platform"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import { Endpoint } from "@runner-connector/protocol"
import { Clock, Duration, Effect, Option, ParseResult, Schema } from "effect"
import { isPassing, RequestRefused, ServerUnavailable, type WireError } from "./Answers.ts"

/** The connection to a server. */
export interface Wire {
  readonly url: URL
  readonly http: HttpClient.HttpClient
}

/** Maximum wait for the response to a call without files. */
const CALL_TIMEOUT = Duration.seconds(30)

/** Maximum size of a JSON response. A larger one is not a protocol response. */
const MAX_ANSWER = 4 * 1024 * 1024

/**
 * Creates the connection to a server. A path in the address is prepended to every path of the protocol. Like the
 * official runner, it sends no trace headers.
 */
export const make = (url: URL): Effect.Effect<Wire, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http) => ({ url, http: HttpClient.withTracerPropagation(http, false) }))

/** Returns the absolute address of an endpoint of this server. */
const addressOf = (wire: Wire, path: string): URL => {
  const address = new URL(wire.url)
  address.pathname = wire.url.pathname.replace(/\/+$/, "") + path
  address.search = ""
  address.hash = ""
  return address
}

/**
 * Sends one request. Follows no redirect, because the official runner treats a redirect of an API route as a refusal.
 */
export const execute = (
  wire: Wire,
  operation: string,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  wire.http.execute(request).pipe(
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.mapError((error) => brokenOff(operation, error))
  )

/** Describes a broken connection. Drops the error itself, which contains the request with its tokens. */
export const brokenOff = (operation: string, error: HttpClientError.HttpClientError): WireError => {
  const detail = wordsOf(error.cause) || error.description || error.reason
  return error.reason === "Encode"
    ? new RequestRefused({ operation, detail: `not sent: ${detail}` })
    : new ServerUnavailable({
        operation,
        detail: error._tag === "ResponseError" ? `the response ended early: ${detail}` : detail
      })
}

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return cause === undefined ? "" : String(cause)
  if (cause.message !== "")
    return cause.cause instanceof Error ? `${cause.message}: ${wordsOf(cause.cause)}` : cause.message
  return "code" in cause ? String(cause.code) : cause.name
}

const Problem = Schema.Struct({
  code: Schema.optional(Schema.String),
  detail: Schema.optional(Schema.String),
  error: Schema.optional(Schema.String),
  title: Schema.optional(Schema.String)
})

const readText = (response: HttpClientResponse.HttpClientResponse) =>
  HttpIncomingMessage.withMaxBodySize(response.text, Option.some(MAX_ANSWER))

/** Returns the response if its status is exactly the expected one. Otherwise fails with the server's error. */
export const expectStatus = (
  operation: string,
  status: number,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  response.status === status ? Effect.succeed(response) : Effect.flatMap(refusal(operation, response), Effect.fail)

const refusal = (operation: string, response: HttpClientResponse.HttpClientResponse): Effect.Effect<WireError> =>
  Effect.gen(function* () {
    const text = yield* Effect.orElseSucceed(readText(response), () => "")
    const problem = Option.getOrElse(Schema.decodeOption(Schema.parseJson(Problem))(text), () => Problem.make({}))
    const { code, detail = problem.error ?? problem.title ?? `the status is ${response.status}` } = problem
    if (!isPassing(response.status)) return new RequestRefused({ operation, status: response.status, code, detail })
    const retryAfter = yield* readRetryAfter(response.headers["retry-after"])
    return new ServerUnavailable({ operation, detail, retryAfter: Option.getOrUndefined(retryAfter) })
  })

/** Parses seconds or a date. Limited to an hour, so that a wrong clock cannot stop the runner. */
const readRetryAfter = (header: string | undefined): Effect.Effect<Option.Option<Duration.Duration>> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    if (header === undefined || header.trim() === "") return Option.none()
    const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000
    return Number.isFinite(seconds)
      ? Option.some(Duration.seconds(Math.min(Math.max(seconds, 0), 3600)))
      : Option.none()
  })

/** The properties of an endpoint that a call needs. */
type Callable<Request, RequestI> = Pick<Endpoint.AnyEndpoint, "name" | "method" | "path" | "status"> & {
  readonly request: Schema.Schema<Request, RequestI>
}

/** Encodes the body of a request. A refusal contains the names of invalid members, never their values. */
export const encodeRequest = <Request, RequestI>(
  endpoint: Callable<Request, RequestI>,
  request: Request
): Effect.Effect<RequestI, RequestRefused> =>
  Effect.mapError(Schema.encode(endpoint.request)(request), (error) => {
    const members = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path.join("."))
    return new RequestRefused({ operation: endpoint.name, detail: `not sent, invalid members: ${members.join(", ")}` })
  })

/** Sends a request with a body. Returns the text of the response, which must have the endpoint's status. */
export const send = (
  wire: Wire,
  endpoint: Pick<Endpoint.AnyEndpoint, "name" | "method" | "path" | "status">,
  params: Record<string, string>,
  body: HttpBody.HttpBody
): Effect.Effect<string, WireError> =>
  HttpClientRequest.make(endpoint.method)(addressOf(wire, Endpoint.pathOf(endpoint, params))).pipe(
    HttpClientRequest.acceptJson,
    HttpClientRequest.setBody(body),
    (request) => execute(wire, endpoint.name, request),
    Effect.flatMap((response) => expectStatus(endpoint.name, endpoint.status, response)),
    Effect.flatMap((response) => Effect.mapError(readText(response), (error) => brokenOff(endpoint.name, error)))
  )

/** Fails a call without a response in time, even in an uninterruptible region. */
export const withTimeout =
  (operation: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | ServerUnavailable, R> =>
    Effect.timeoutFail(Effect.interruptible(effect), {
      duration: CALL_TIMEOUT,
      onTimeout: () => new ServerUnavailable({ operation, detail: "no response" })
    })

/** Sends a call with a JSON body. */
export const callJson = <Request, RequestI>(
  wire: Wire,
  endpoint: Callable<Request, RequestI>,
  params: Record<string, string>,
  request: Request
): Effect.Effect<string, WireError> =>
  Effect.flatMap(encodeRequest(endpoint, request), (body) =>
    withTimeout(endpoint.name)(send(wire, endpoint, params, HttpBody.unsafeJson(body)))
  )

/** Decodes the JSON of a response by a schema. Ignores unknown members. */
export const decodeAnswer =
  <A, I>(operation: string, schema: Schema.Schema<A, I>) =>
  (text: string): Effect.Effect<A, RequestRefused> =>
    Effect.mapError(
      Schema.decode(Schema.parseJson(schema))(text),
      () => new RequestRefused({ operation, detail: "the response does not match the protocol" })
    )
