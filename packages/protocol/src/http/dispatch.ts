import { Effect, Option } from "effect"
import * as BodySource from "../body/BodySource.ts"
import type { UnauthenticatedBytes } from "../body/UnauthenticatedBytes.ts"
import type { AnyEndpoint } from "./Endpoint.ts"
import type { Handler, Incoming } from "./Handler.ts"
import { makeMatcher, type PathMatch, pathnameOf } from "./matchPath.ts"
import * as Parameters from "./Parameters.ts"
import { answer, type WireError } from "./Problem.ts"
import { MethodNotAllowed, UnknownPath } from "./ProtocolErrors.ts"
import { whenTraced } from "./tracing.ts"

/** Facts about a request that only the host knows. */
export interface RequestContext {
  /** The address of the client. Shown to administrators, and used by limits. */
  readonly clientAddress: Option.Option<string>
}

/** A request from an unknown address. */
export const nowhere: RequestContext = { clientAddress: Option.none() }

/** Answers a request for an endpoint that a router found. Errors are answered as problem documents. */
export type Respond = (
  endpoint: AnyEndpoint,
  request: Request,
  context: RequestContext & { readonly params: Readonly<Record<string, string>> }
) => Effect.Effect<Response>

/** A connection with an unfinished body cannot carry another request. */
const closing = (response: Response): Response => {
  response.headers.set("connection", "close")
  return response
}

/** Returns the response to GET without its body, for HEAD. */
const withoutBody = (response: Response): Response => new Response(null, response)

/** Answers requests by the handler of their endpoint. `unauthenticated` limits bodies of senders that are not known yet. */
export const makeRespond = (
  span: string,
  handlers: Readonly<Record<string, Handler>>,
  unauthenticated: Option.Option<UnauthenticatedBytes>
): Respond => {
  const handlerOf = new Map(Object.entries(handlers))

  const work = (name: string, incoming: Incoming): Effect.Effect<Response, WireError> =>
    handlerOf.get(name)?.(incoming) ?? new UnknownPath()

  return ({ name }, request, context) =>
    Effect.gen(function* () {
      const meter = Option.map(unauthenticated, (bytes) => bytes.meter(context.clientAddress))
      const source = yield* BodySource.make(request, meter)
      const response = yield* Effect.onInterrupt(
        answer(work(name, { request, source, ...context }), request),
        () => source.cancel
      )
      return source.isUnfinished() ? closing(response) : response
    }).pipe(
      Effect.scoped,
      Effect.annotateLogs({ endpoint: name }),
      Effect.withSpan(span, { attributes: { name } }),
      whenTraced
    )
}

/** Returns the methods of a path. None if its parameters are invalid. */
const methodsOf = (found: ReadonlyArray<PathMatch>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.filter(found, ({ endpoint, params }) => Effect.isSuccess(Parameters.ofPath(endpoint.params, params))).pipe(
    Effect.map((real) => real.flatMap(({ endpoint: { method } }) => (method === "GET" ? ["GET", "HEAD"] : [method])))
  )

const refuse = (allowed: ReadonlyArray<string>): Effect.Effect<never, UnknownPath | MethodNotAllowed> =>
  allowed.length === 0 ? new UnknownPath() : new MethodNotAllowed({ allowed })

/** Finds the endpoint and answers. Unknown paths and methods get a problem document. */
export const makeHandle = (
  endpoints: ReadonlyArray<AnyEndpoint>,
  respond: Respond
): ((request: Request, context?: RequestContext) => Effect.Effect<Response>) => {
  const match = makeMatcher(endpoints)
  return (request, context = nowhere) => {
    const found = match(pathnameOf(request))
    const isHead = request.method === "HEAD"
    const chosen = found.find(({ endpoint }) => endpoint.method === (isHead ? "GET" : request.method))
    if (chosen !== undefined) {
      const response = respond(chosen.endpoint, request, { ...context, params: chosen.params })
      return isHead ? Effect.map(response, withoutBody) : response
    }
    return answer(Effect.flatMap(methodsOf(found), refuse), request)
  }
}
