import type { FileSystem, Path } from "@effect/platform"
import { Context, Effect, Layer, Option } from "effect"
import { ConnectorConfig } from "../ConnectorConfig.ts"
import type { JobTypes } from "../jobs/JobType.ts"
import type { FileStorage } from "../ports/FileStorage.ts"
import type { Holding } from "../usecases/Holding.ts"
import type { JobFiles } from "../usecases/JobFiles.ts"
import type { RunnerJobs } from "../usecases/RunnerJobs.ts"
import type { Runners } from "../usecases/Runners.ts"
import * as BodySource from "./BodySource.ts"
import type { AnyEndpoint } from "./Endpoint.ts"
import { endpoints } from "./endpoints.ts"
import * as FileHandlers from "./FileHandlers.ts"
import type { Handler, Incoming } from "./Handler.ts"
import * as JobHandlers from "./JobHandlers.ts"
import { makeMatcher, pathnameOf } from "./matchPath.ts"
import { answer, type WireError } from "./Problem.ts"
import { MethodNotAllowed, type SpoolError, UnknownPath } from "./ProtocolErrors.ts"
import * as RunnerHandlers from "./RunnerHandlers.ts"
import * as Spool from "./Spool.ts"

/** What a host knows of a request besides the request. */
export interface RequestContext {
  /** The address that the client speaks from, for administrators to read. */
  readonly clientAddress: Option.Option<string>
}

/** The runner's wire over web-standard requests and responses: what any HTTP server can host. */
export class RunnerWeb extends Context.Tag("@runner-connector/core/RunnerWeb")<
  RunnerWeb,
  {
    /**
     * Answers a request for an endpoint that the host's router has found; `params` as they stand in the path,
     * percent-encoded. Whatever is wrong is answered as a problem document.
     */
    readonly respond: (
      endpoint: AnyEndpoint,
      request: Request,
      context: RequestContext & { readonly params: Readonly<Record<string, string>> }
    ) => Effect.Effect<Response>
    /** Finds the endpoint, too: a problem document for paths and methods that are none. */
    readonly handle: (request: Request, context?: RequestContext) => Effect.Effect<Response>
  }
>() {}

export interface Options {
  /**
   * Where uploads wait until they are stored; made when it is not there. On the same disk as the storage a result is
   * stored by renaming it. The system's folder for temporary files when left out.
   */
  readonly spoolDirectory?: string
}

const nowhere: RequestContext = { clientAddress: Option.none() }

/** A connection on which the rest of a body may still come cannot carry another request. */
const closing = (response: Response): Response => {
  response.headers.set("connection", "close")
  return response
}

const make = (options: Options) =>
  Effect.gen(function* () {
    const config = yield* ConnectorConfig
    const spool = yield* Spool.make(Option.fromNullable(options.spoolDirectory))
    const reception = { config, spool }
    const handlers = new Map<string, Handler>(
      [yield* RunnerHandlers.make(reception), yield* JobHandlers.make(reception), yield* FileHandlers.make(reception)]
        .map((group): Readonly<Record<string, Handler>> => group)
        .flatMap(Object.entries)
    )
    const match = makeMatcher(endpoints)

    const work = (name: string, incoming: Incoming): Effect.Effect<Response, WireError> =>
      handlers.get(name)?.(incoming) ?? new UnknownPath()

    const respond: RunnerWeb["Type"]["respond"] = ({ name }, request, context) =>
      Effect.suspend(() => {
        const source = BodySource.make(request)
        return answer(work(name, { request, source, ...context }), request).pipe(
          Effect.map((response) => (source.isUnfinished() ? closing(response) : response)),
          Effect.onInterrupt(() => source.cancel)
        )
      }).pipe(Effect.annotateLogs({ endpoint: name }), Effect.withSpan("RunnerWeb.respond", { attributes: { name } }))

    const handle: RunnerWeb["Type"]["handle"] = (request, context = nowhere) => {
      const found = match(pathnameOf(request))
      const chosen = found.find(({ endpoint }) => endpoint.method === request.method)
      if (chosen !== undefined) return respond(chosen.endpoint, request, { ...context, params: chosen.params })
      const allowed = found.map(({ endpoint }) => endpoint.method)
      return answer(allowed.length === 0 ? new UnknownPath() : new MethodNotAllowed({ allowed }), request)
    }

    return RunnerWeb.of({ respond, handle })
  })

type Needs =
  | Runners
  | RunnerJobs
  | JobFiles
  | Holding
  | JobTypes
  | FileStorage
  | ConnectorConfig
  | FileSystem.FileSystem
  | Path.Path

/** The wire with uploads in a folder of the host's choice. */
export const layerWith = (options: Options): Layer.Layer<RunnerWeb, SpoolError, Needs> =>
  Layer.scoped(RunnerWeb, make(options))

/** The wire with uploads in the system's folder for temporary files. */
export const layer: Layer.Layer<RunnerWeb, SpoolError, Needs> = layerWith({})
