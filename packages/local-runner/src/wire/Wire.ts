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

/** A server, as the runner sees it. */
export interface Wire {
  readonly url: URL
  readonly http: HttpClient.HttpClient
}

/** Longest wait for the answer to a call that carries no file. */
const CALL_TIMEOUT = Duration.seconds(30)

/** A JSON answer longer than this is none of ours. */
const MAX_ANSWER = 4 * 1024 * 1024

/**
 * A wire to the server at this address; a path in it stands before every path of the protocol. Like the real runner it
 * sends no trace headers.
 */
export const make = (url: URL): Effect.Effect<Wire, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http) => ({ url, http: HttpClient.withTracerPropagation(http, false) }))

/** The absolute address of an endpoint of this server. */
const addressOf = (wire: Wire, path: string): URL => {
  const address = new URL(wire.url)
  address.pathname = wire.url.pathname.replace(/\/+$/, "") + path
  address.search = ""
  address.hash = ""
  return address
}

/** One exchange. No redirect is followed: the real runner takes a redirect of an API route for a refusal. */
export const execute = (
  wire: Wire,
  asked: string,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  wire.http.execute(request).pipe(
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.mapError((error) => brokenOff(asked, error))
  )

/** A broken connection in words. The error itself is left behind: it holds the request, and with it the tokens. */
export const brokenOff = (asked: string, error: HttpClientError.HttpClientError): WireError => {
  const detail = wordsOf(error.cause) || error.description || error.reason
  return error.reason === "Encode"
    ? new RequestRefused({ asked, detail: `not sent: ${detail}` })
    : new ServerUnavailable({
        asked,
        detail: error._tag === "ResponseError" ? `the answer broke off: ${detail}` : detail
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

/** The answer when its status is exactly the one wanted; otherwise what the server said instead. */
export const expectStatus = (
  asked: string,
  status: number,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, WireError> =>
  response.status === status ? Effect.succeed(response) : Effect.flatMap(refusal(asked, response), Effect.fail)

const refusal = (asked: string, response: HttpClientResponse.HttpClientResponse): Effect.Effect<WireError> =>
  Effect.gen(function* () {
    const text = yield* Effect.orElseSucceed(readText(response), () => "")
    const problem = Option.getOrElse(Schema.decodeOption(Schema.parseJson(Problem))(text), () => Problem.make({}))
    const { code, detail = problem.error ?? problem.title ?? `the status is ${response.status}` } = problem
    if (!isPassing(response.status)) return new RequestRefused({ asked, status: response.status, code, detail })
    const retryAfter = yield* readRetryAfter(response.headers["retry-after"])
    return new ServerUnavailable({ asked, detail, retryAfter: Option.getOrUndefined(retryAfter) })
  })

/** Seconds or a date; at most an hour, so that a wrong clock cannot put the runner to sleep. */
const readRetryAfter = (header: string | undefined): Effect.Effect<Option.Option<Duration.Duration>> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    if (header === undefined || header.trim() === "") return Option.none()
    const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000
    return Number.isFinite(seconds)
      ? Option.some(Duration.seconds(Math.min(Math.max(seconds, 0), 3600)))
      : Option.none()
  })

/** What a call needs of an endpoint. */
type Callable<Request, RequestI> = Pick<Endpoint.AnyEndpoint, "name" | "method" | "path" | "status"> & {
  readonly request: Schema.Schema<Request, RequestI>
}

/** The body of a request as it stands on the wire. A refusal names the members that do not fit, never their values. */
export const encodeRequest = <Request, RequestI>(
  endpoint: Callable<Request, RequestI>,
  request: Request
): Effect.Effect<RequestI, RequestRefused> =>
  Effect.mapError(Schema.encode(endpoint.request)(request), (error) => {
    const members = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ path }) => path.join("."))
    return new RequestRefused({ asked: endpoint.name, detail: `not sent, unfit: ${members.join(", ")}` })
  })

/** Sends a request with a body; gives the text of the answer, which must have the endpoint's very status. */
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

/** Fails a call whose answer does not come, even where it must not be interrupted otherwise. */
export const withTimeout =
  (asked: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | ServerUnavailable, R> =>
    Effect.timeoutFail(Effect.interruptible(effect), {
      duration: CALL_TIMEOUT,
      onTimeout: () => new ServerUnavailable({ asked, detail: "no answer came" })
    })

/** A call with a JSON body. */
export const callJson = <Request, RequestI>(
  wire: Wire,
  endpoint: Callable<Request, RequestI>,
  params: Record<string, string>,
  request: Request
): Effect.Effect<string, WireError> =>
  Effect.flatMap(encodeRequest(endpoint, request), (body) =>
    withTimeout(endpoint.name)(send(wire, endpoint, params, HttpBody.unsafeJson(body)))
  )

/** Reads the JSON of an answer by a schema; unknown members are ignored. */
export const decodeAnswer =
  <A, I>(asked: string, schema: Schema.Schema<A, I>) =>
  (text: string): Effect.Effect<A, RequestRefused> =>
    Effect.mapError(
      Schema.decode(Schema.parseJson(schema))(text),
      () => new RequestRefused({ asked, detail: "the answer does not fit the protocol" })
    )
