import { Context, Effect, Layer, Option, Ref } from "effect"
import { ApiHost, type ApiOptions, hostOf } from "./api/ApiHost.ts"
import { apiEndpoints } from "./api/endpoints.ts"
import { type ApiNeeds, makeApiHandlers } from "./api/handlers.ts"
import * as AdminGuard from "./http/AdminGuard.ts"
import { asWeb, makeHandle, makeRespond, nowhere, type RequestContext } from "./http/dispatch.ts"
import type { AnyEndpoint } from "./http/Endpoint.ts"
import { makeMatcher } from "./http/matchPath.ts"
import { Reception, type Services } from "./http/Reception.ts"

export type { ApiOptions, RequirePublicHost, Setting } from "./api/ApiHost.ts"

/**
 * The API of the console over web-standard requests and responses, for any HTTP server: videos, lives, events, sign-in. The
 * console also uses the administration of runners in `RunnerWeb`.
 */
export class ApiWeb extends Context.Tag("@runner-connector/protocol/ApiWeb")<
  ApiWeb,
  {
    /** The path below which all routes are, without a slash at the end. Empty: they are routes of the origin. */
    readonly path: string
    /** The endpoints with their complete paths. */
    readonly endpoints: ReadonlyArray<AnyEndpoint>
    /** Whether there is a route with this path, for any method. */
    readonly owns: (pathname: string) => boolean
    /** Finds the endpoint and answers. Unknown paths and methods get a problem document. */
    readonly handle: (request: Request, context?: RequestContext) => Effect.Effect<Response>
    /** Passes for clients that may list and change videos, for routes of the host beside these. */
    readonly checkManager: (request: Request, context?: RequestContext) => Effect.Effect<void, AdminGuard.AdminRefusal>
    /** How uploads are received, for routes of the host that receive them as well. */
    readonly intake: {
      /** The largest file in bytes. */
      readonly maxSize: number
      readonly storyboards: boolean
    }
  }
>() {}

/** Everybody may manage videos where the host opens them, but pages of other origins may change nothing. */
const receptionOf = (reception: Services, { maxUploadSize, opensVideos = false }: ApiOptions): Services => ({
  ...reception,
  config: { ...reception.config, maxFileSize: maxUploadSize ?? reception.config.maxFileSize },
  managers: opensVideos ? AdminGuard.everybody(reception.config) : reception.admins
})

const make = Effect.fnUntraced(function* (options: ApiOptions) {
  const reception = receptionOf(yield* Reception, options)
  const host = hostOf(options)
  const handlers = yield* makeApiHandlers.pipe(
    Effect.provideService(Reception, reception),
    Effect.provideService(ApiHost, host)
  )
  const path = (options.path ?? "").replace(/\/+$/, "")
  const endpoints = apiEndpoints.map((one): AnyEndpoint => ({ ...one, path: `${path}${one.path}` as `/${string}` }))
  yield* Ref.update(reception.described, (others) => [...others, ...endpoints])
  const respond = asWeb(makeRespond("ApiWeb.respond", handlers, Option.none()))
  const match = makeMatcher(endpoints)
  const owns = (pathname: string) => match(pathname).length > 0
  return ApiWeb.of({
    path,
    endpoints,
    owns,
    handle: makeHandle(endpoints, respond),
    checkManager: (request, { clientAddress } = nowhere) => reception.managers.check(request, clientAddress),
    intake: { maxSize: reception.config.maxFileSize, storyboards: host.storyboards }
  })
})

/** The API of the console. It shares the reception of `RunnerWeb`. */
export const layerWith = (options: ApiOptions): Layer.Layer<ApiWeb, never, Reception | ApiNeeds> =>
  Layer.scoped(ApiWeb, make(options))
