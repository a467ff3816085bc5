import type { FileSystem, Path } from "@effect/platform"
import { AdminAccess, ConnectorConfig, type FileStorage, type Resumption, Runners } from "@runner-connector/core"
import { Context, Effect, Layer, Option } from "effect"
import * as BodySource from "./body/BodySource.ts"
import * as Spool from "./body/Spool.ts"
import * as UnauthenticatedBytes from "./body/UnauthenticatedBytes.ts"
import { endpoints } from "./endpoints.ts"
import { type HandlerNeeds, makeHandlers } from "./handlers.ts"
import * as AdminGuard from "./http/AdminGuard.ts"
import type { AnyEndpoint } from "./http/Endpoint.ts"
import { type Handler, type Incoming, Reception } from "./http/Handler.ts"
import { makeMatcher, type PathMatch, pathnameOf } from "./http/matchPath.ts"
import * as Parameters from "./http/Parameters.ts"
import { answer, type WireError } from "./http/Problem.ts"
import { MethodNotAllowed, type SpoolError, UnknownPath } from "./http/ProtocolErrors.ts"
import * as RateLimit from "./http/RateLimit.ts"
import { whenTraced } from "./http/tracing.ts"
import { resumeReceived } from "./uploads/receivedFiles.ts"

/** Facts about a request that only the host knows. */
export interface RequestContext {
  /** The address of the client. Shown to administrators, and used by limits. */
  readonly clientAddress: Option.Option<string>
}

/** The runner API over web-standard requests and responses, for any HTTP server. */
export class RunnerWeb extends Context.Tag("@runner-connector/protocol/RunnerWeb")<
  RunnerWeb,
  {
    /**
     * Answers a request for an endpoint that the host's router found. `params` are percent-encoded, as in the path. Errors
     * are answered as problem documents.
     */
    readonly respond: (
      endpoint: AnyEndpoint,
      request: Request,
      context: RequestContext & { readonly params: Readonly<Record<string, string>> }
    ) => Effect.Effect<Response>
    /** Finds the endpoint and answers. Unknown paths and methods get a problem document. */
    readonly handle: (request: Request, context?: RequestContext) => Effect.Effect<Response>
    /**
     * Authenticates the administrator by the request's bearer token, for routes of the host. Guesses here and at the
     * runner API's own routes count together.
     */
    readonly checkAdministrator: (
      request: Request,
      context?: RequestContext
    ) => Effect.Effect<void, AdminGuard.AdminRefusal>
  }
>() {}

export interface Options {
  /**
   * The folder for uploads until they are stored. Created if missing. On the disk of the storage, storing a result is a
   * rename. Default: the system's folder for temporary files.
   */
  readonly spoolDirectory?: string
}

const nowhere: RequestContext = { clientAddress: Option.none() }

/** A connection with an unfinished body cannot carry another request. */
const closing = (response: Response): Response => {
  response.headers.set("connection", "close")
  return response
}

/** Returns the methods of a path. None if its parameters are invalid. */
const methodsOf = (found: ReadonlyArray<PathMatch>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.filter(found, ({ endpoint, params }) => Effect.isSuccess(Parameters.ofPath(endpoint.params, params))).pipe(
    Effect.map((real) => real.flatMap(({ endpoint: { method } }) => (method === "GET" ? ["GET", "HEAD"] : [method])))
  )

const refuse = (allowed: ReadonlyArray<string>): Effect.Effect<never, UnknownPath | MethodNotAllowed> =>
  allowed.length === 0 ? new UnknownPath() : new MethodNotAllowed({ allowed })

/** Returns the response to GET without its body, for HEAD. */
const withoutBody = (response: Response): Response => new Response(null, response)

const makeReception = Effect.fnUntraced(function* (options: Options) {
  const config = yield* ConnectorConfig.ConnectorConfig
  const spool = yield* Spool.make(Option.fromNullable(options.spoolDirectory))
  const rateLimit = RateLimit.make(config, yield* Runners.Runners)
  const admins = AdminGuard.make(config, yield* AdminAccess.AdminAccess)
  return { config, spool, rateLimit, admins }
})

/** Answers requests by the handler of their endpoint. */
const makeRespond = (handlers: Readonly<Record<string, Handler>>): RunnerWeb["Type"]["respond"] => {
  const handlerOf = new Map(Object.entries(handlers))
  const unauthenticated = UnauthenticatedBytes.make()

  const work = (name: string, incoming: Incoming): Effect.Effect<Response, WireError> =>
    handlerOf.get(name)?.(incoming) ?? new UnknownPath()

  return ({ name }, request, context) =>
    Effect.gen(function* () {
      const source = yield* BodySource.make(request, Option.some(unauthenticated.meter(context.clientAddress)))
      const response = yield* Effect.onInterrupt(
        answer(work(name, { request, source, ...context }), request),
        () => source.cancel
      )
      return source.isUnfinished() ? closing(response) : response
    }).pipe(
      Effect.scoped,
      Effect.annotateLogs({ endpoint: name }),
      Effect.withSpan("RunnerWeb.respond", { attributes: { name } }),
      whenTraced
    )
}

const make = Effect.fnUntraced(function* (options: Options) {
  const reception = yield* makeReception(options)
  yield* resumeReceived(reception)
  const respond = makeRespond(yield* Effect.provideService(makeHandlers, Reception, reception))
  const match = makeMatcher(endpoints)

  const handle: RunnerWeb["Type"]["handle"] = (request, context = nowhere) => {
    const found = match(pathnameOf(request))
    const isHead = request.method === "HEAD"
    const chosen = found.find(({ endpoint }) => endpoint.method === (isHead ? "GET" : request.method))
    if (chosen !== undefined) {
      const response = respond(chosen.endpoint, request, { ...context, params: chosen.params })
      return isHead ? Effect.map(response, withoutBody) : response
    }
    return answer(Effect.flatMap(methodsOf(found), refuse), request)
  }

  return RunnerWeb.of({
    respond,
    handle,
    checkAdministrator: (request, { clientAddress } = nowhere) => reception.admins.check(request, clientAddress)
  })
})

type Needs = HandlerNeeds | Resumption.Resumption | FileStorage.FileStorage | FileSystem.FileSystem | Path.Path

/** The runner API, with options. */
export const layerWith = (options: Options): Layer.Layer<RunnerWeb, SpoolError, Needs> =>
  Layer.scoped(RunnerWeb, make(options))

/** The runner API, with uploads in the system's folder for temporary files. */
export const layer: Layer.Layer<RunnerWeb, SpoolError, Needs> = layerWith({})
