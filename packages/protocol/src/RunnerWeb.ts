import type { FileSystem, Path } from "@effect/platform"
import type { ConnectorConfig, FileStorage, Resumption, Runners, SessionStore } from "@runner-connector/core"
import { Context, Effect, Layer, Option, Ref } from "effect"
import * as UnauthenticatedBytes from "./body/UnauthenticatedBytes.ts"
import { endpoints } from "./endpoints.ts"
import { type HandlerNeeds, makeHandlers } from "./handlers.ts"
import type * as AdminGuard from "./http/AdminGuard.ts"
import {
  asWeb,
  makeHandle,
  makeRespond,
  nowhere,
  type RequestContext,
  type Respond,
  type RespondPlain
} from "./http/dispatch.ts"
import type { SpoolError } from "./http/ProtocolErrors.ts"
import * as Reception from "./http/Reception.ts"
import { resumeReceived } from "./uploads/receivedFiles.ts"

export type { RequestContext } from "./http/dispatch.ts"
export type { Options } from "./http/Reception.ts"

/** The runner API over web-standard requests and responses, for any HTTP server. */
export class RunnerWeb extends Context.Tag("@runner-connector/protocol/RunnerWeb")<
  RunnerWeb,
  {
    /**
     * Answers a request for an endpoint that the host's router found. `params` are percent-encoded, as in the path. Errors
     * are answered as problem documents.
     */
    readonly respond: Respond
    /** The same, with small documents in their plain form, for servers that send them without streams of the web. */
    readonly respondPlain: RespondPlain
    /** Finds the endpoint and answers. Unknown paths and methods get a problem document. */
    readonly handle: (request: Request, context?: RequestContext) => Effect.Effect<Response>
    /**
     * Authenticates the administrator by the request's bearer token or session, for routes of the host. Guesses here and at
     * the runner API's own routes count together.
     */
    readonly checkAdministrator: (
      request: Request,
      context?: RequestContext
    ) => Effect.Effect<void, AdminGuard.AdminRefusal>
  }
>() {}

const make = Effect.gen(function* () {
  const reception = yield* Reception.Reception
  yield* resumeReceived(reception)
  yield* Ref.update(reception.described, (others) => [...endpoints, ...others])
  const unauthenticated = Option.some(UnauthenticatedBytes.make())
  const respondPlain = makeRespond("RunnerWeb.respond", yield* makeHandlers, unauthenticated)
  const respond = asWeb(respondPlain)

  return RunnerWeb.of({
    respond,
    respondPlain,
    handle: makeHandle(endpoints, respond),
    checkAdministrator: (request, { clientAddress } = nowhere) => reception.admins.check(request, clientAddress)
  })
})

type Needs =
  | HandlerNeeds
  | Runners.Runners
  | SessionStore.SessionStore
  | ConnectorConfig.ConnectorConfig
  | Resumption.Resumption
  | FileStorage.FileStorage
  | FileSystem.FileSystem
  | Path.Path

/** The runner API, with options. The reception is for the other APIs of the server. */
export const layerWith = (
  options: Reception.Options
): Layer.Layer<RunnerWeb | Reception.Reception, SpoolError, Needs> =>
  Layer.scoped(RunnerWeb, make).pipe(Layer.provideMerge(Reception.layerWith(options)))

/** The runner API, with uploads in the system's folder for temporary files. */
export const layer: Layer.Layer<RunnerWeb | Reception.Reception, SpoolError, Needs> = layerWith({})
