import type { Server } from "node:http"
import { basePath, endpoints, Problem, RequestOrigin, RunnerWeb } from "@runner-connector/protocol"
import { Cause, Config, type ConfigError, type Duration, Effect, Either, Layer, Runtime } from "effect"
import { H3, type Middleware, toNodeHandler } from "h3"
import { contextOf, makeAnswer, quiet } from "./answer.ts"
import { type ListenError, listen } from "./listen.ts"
import * as TrustedProxies from "./TrustedProxies.ts"

/** The address to listen on, and other routes to serve. */
export interface ServeOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** The address of one network interface. Default: all interfaces. */
  readonly host?: string | undefined
  /** Adds the host's own routes and middleware, before the runner routes are added. */
  readonly app?: ((app: H3) => void) | undefined
  /** How long requests in progress may continue when the layer ends; 10 seconds when left out. */
  readonly stopWithin?: Duration.DurationInput | undefined
  /** Connections that one address may open at once; 2,500 when left out. 0: no limit. IPv6 counts by its first 64 bits. */
  readonly maxConnectionsPerAddress?: number | undefined
  /** The proxies whose `X-Forwarded-For` tells the client's address. Their connections are not limited. Default: none. */
  readonly trustedProxies?: TrustedProxies.TrustedProxies | undefined
}

/**
 * The runner API as an h3 app. Mount it at the root of the host's app. The host's middleware runs before its routes and must
 * leave the body unread. The result of `next()` is a `Response` or, for JSON, an `HTTPResponse` of h3; both have `status` and
 * `headers`. Unknown paths below the API get a problem document, unless the host has a route there.
 */
export const app: Effect.Effect<H3, never, RunnerWeb.RunnerWeb> = Effect.gen(function* () {
  const web = yield* RunnerWeb.RunnerWeb
  const answer = yield* makeAnswer
  const routes = new H3(quiet)
  for (const endpoint of endpoints) {
    routes.on(endpoint.method, endpoint.path, (event) =>
      answer(event, web.respondPlain(endpoint, event.req, { ...contextOf(event), params: event.context.params ?? {} }))
    )
  }
  routes.all(`${basePath}/**`, (event) => answer(event, web.handle(event.req, contextOf(event))))
  return routes
})

/**
 * Middleware that refuses requests which change something, when a page of another origin sends them or when they name a
 * foreign host. For hosts whose routes trust whoever reaches them. Runners send no origin. Register it before the routes.
 */
export const sameOrigin = (own: RequestOrigin.OwnHosts): Effect.Effect<Middleware> =>
  Effect.map(makeAnswer, (answer) => async (event, next) => {
    const checked = RequestOrigin.check(event.req, own)
    if (Either.isRight(checked)) return next()
    const response = await answer(event, Problem.answer(Either.left(checked.left), event.req))
    // The body was not read, so the connection cannot carry another request.
    response.headers.set("connection", "close")
    return response
  })

/** The host's app, the runner API, and problem documents for all other paths. */
const makeRoot = ({ app: addRoutes, trustedProxies = TrustedProxies.none }: ServeOptions) =>
  Effect.gen(function* () {
    const web = yield* RunnerWeb.RunnerWeb
    const answer = yield* makeAnswer
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    const root = new H3({
      ...quiet,
      onError: (error) => {
        if (error.unhandled) runFork(Effect.logError("A request handler has failed", Cause.die(error.cause ?? error)))
      }
    })
    root.use(TrustedProxies.middleware(trustedProxies))
    addRoutes?.(root)
    root.mount("/", yield* app)
    root.all("/**", (event) => answer(event, web.handle(event.req, contextOf(event))))
    return root
  })

/**
 * Serves the runner API on a Node server while the layer lives. The host creates the server, so that other adapters can share
 * it. When the layer ends, no new requests are accepted, and requests in progress may finish.
 */
export const serve = (server: Server, options: ServeOptions): Layer.Layer<never, ListenError, RunnerWeb.RunnerWeb> =>
  Layer.scopedDiscard(
    Effect.flatMap(makeRoot(options), (root) => listen(server, { ...options, handler: toNodeHandler(root) }))
  )

/** Like `serve`, with options from the configuration. */
export const serveConfig = (
  server: Server,
  options: Config.Config.Wrap<ServeOptions>
): Layer.Layer<never, ConfigError.ConfigError | ListenError, RunnerWeb.RunnerWeb> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), (values) => serve(server, values)))
