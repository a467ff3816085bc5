import { ifTraced } from "@runner-connector/core"
import { Effect, Either, Exit, FiberRef, HashMap, Option } from "effect"
import * as BodyReader from "../body/BodyReader.ts"
import * as BodySource from "../body/BodySource.ts"
import type { UnauthenticatedBytes } from "../body/UnauthenticatedBytes.ts"
import type { AnyEndpoint } from "./Endpoint.ts"
import type { Handler, Incoming } from "./Handler.ts"
import { makeMatcher, type PathMatch, pathnameOf } from "./matchPath.ts"
import { ofPath } from "./Parameters.ts"
import { type AnyResponse, toResponse, withHeader } from "./PlainResponse.ts"
import { answer, type WireError } from "./Problem.ts"
import { MethodNotAllowed, UnknownPath } from "./ProtocolErrors.ts"

/** Facts about a request that only the host knows. */
export interface RequestContext {
  /** The address of the client. Shown to administrators, and used by limits. */
  readonly clientAddress: Option.Option<string>
  /** Reads the body in place of the request's stream. For servers that have a faster way than streams of the web. */
  readonly body?: BodyReader.BodyReader
}

/** A request from an unknown address. */
export const nowhere: RequestContext = { clientAddress: Option.none() }

/** Answers a request for an endpoint that a router found. Errors are answered as problem documents. */
export type Respond = (
  endpoint: AnyEndpoint,
  request: Request,
  context: RequestContext & { readonly params: Readonly<Record<string, string>> }
) => Effect.Effect<Response>

/** The same, with small documents in their plain form. */
export type RespondPlain = (...args: Parameters<Respond>) => Effect.Effect<AnyResponse>

/** Returns the response to GET without its body, for HEAD. */
const withoutBody = (response: Response): Response => new Response(null, response)

/** Names the endpoint in all logs from now on, and returns the annotations before. */
const annotateLogs = (endpoint: string) =>
  FiberRef.modify(FiberRef.currentLogAnnotations, (before) => [before, HashMap.set(before, "endpoint", endpoint)])

/** Answers requests by the handler of their endpoint. `unauthenticated` limits bodies of senders that are not known yet. */
export const makeRespond = (
  span: string,
  handlers: Readonly<Record<string, Handler>>,
  unauthenticated: Option.Option<UnauthenticatedBytes>
): RespondPlain => {
  const handlerOf = new Map(Object.entries(handlers))

  const work = (name: string, incoming: Incoming): Effect.Effect<AnyResponse, WireError> =>
    handlerOf.get(name)?.(incoming) ?? new UnknownPath()

  const respond = (name: string, request: Request, context: Parameters<Respond>[2]): Effect.Effect<AnyResponse> => {
    const meter = Option.map(unauthenticated, (bytes) => bytes.meter(context.clientAddress))
    const source = BodySource.make(context.body ?? BodyReader.ofRequest(request), meter)
    const handled = answer(work(name, { request, source, ...context }), request)
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(annotateLogs(name), (before) =>
        Effect.flatMap(Effect.exit(restore(handled)), (exit) => {
          const end = Effect.zipRight(FiberRef.set(FiberRef.currentLogAnnotations, before), source.close)
          // Errors are answered, so that only an interruption is left.
          if (Exit.isFailure(exit)) return Effect.zipRight(Effect.zipRight(source.cancel, end), exit)
          // A connection with an unfinished body cannot carry another request.
          return Effect.as(end, source.isUnfinished() ? withHeader(exit.value, "connection", "close") : exit.value)
        })
      )
    )
  }

  return ({ name }, request, context) => {
    const plain = Effect.suspend(() => respond(name, request, context))
    return ifTraced(
      () => Effect.withSpan(plain, span, { attributes: { name } }),
      () => plain
    )
  }
}

/** Answers in the web-standard form. */
export const asWeb =
  (respond: RespondPlain): Respond =>
  (...args) =>
    Effect.map(respond(...args), toResponse)

/** Returns the methods of a path. None if its parameters are invalid. */
const methodsOf = (found: ReadonlyArray<PathMatch>): ReadonlyArray<string> =>
  found
    .filter(({ endpoint, params }) => Either.isRight(ofPath(endpoint.params, params)))
    .flatMap(({ endpoint: { method } }) => (method === "GET" ? ["GET", "HEAD"] : [method]))

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
    return answer(refuse(methodsOf(found)), request)
  }
}
