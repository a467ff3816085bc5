import type { Server } from "node:http"
import { basePath, endpoints, Problem, RequestOrigin, RunnerWeb } from "@runner-connector/protocol"
import { Cause, Config, type ConfigError, type Duration, Effect, Either, Exit, Layer, Option, Runtime } from "effect"
import { getRequestIP, H3, type H3Config, type H3Event, type Middleware, toNodeHandler } from "h3"
import { type ListenError, listen } from "./listen.ts"

/** Where to listen, and what else to serve there. */
export interface ServeOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** The address of one network interface; all interfaces when left out. */
  readonly host?: string | undefined
  /** Adds the host's own routes and middleware, before the runner routes are added. */
  readonly app?: ((app: H3) => void) | undefined
  /** How long requests in progress may continue when the layer ends; 10 seconds when left out. */
  readonly stopWithin?: Duration.DurationInput | undefined
  /** Connections that one address may open at once; 2,500 when left out. 0: no limit. IPv6 counts by its first 64 bits. */
  readonly maxConnectionsPerAddress?: number | undefined
}

/** The fiber of a request ends when its client hangs up; what is returned then reaches nobody. */
const gone = () => new Response(null, { status: 503 })

/** Malformed escapes are refused by the wire itself, as a problem document; what fails is logged by Effect's logger. */
const quiet: H3Config = { allowMalformedURL: true, silent: true }

const contextOf = (event: H3Event) => ({ clientAddress: Option.fromNullable(getRequestIP(event)) })

const makeAnswer = Effect.map(Effect.runtime<never>(), (runtime) => {
  const run = Runtime.runPromiseExit(runtime)
  return async (event: H3Event, response: Effect.Effect<Response>): Promise<Response> =>
    Exit.getOrElse(await run(response, { signal: event.req.signal }), gone)
})

/**
 * The runner routes as an h3 app, to be mounted at the root of the host's. They are ordinary routes: the host's
 * middleware runs before them, and must leave the body unread. Other paths beside them are answered as the wire
 * demands, unless the host has a route of its own there.
 */
export const app: Effect.Effect<H3, never, RunnerWeb.RunnerWeb> = Effect.gen(function* () {
  const web = yield* RunnerWeb.RunnerWeb
  const answer = yield* makeAnswer
  const routes = new H3(quiet)
  for (const endpoint of endpoints) {
    routes.on(endpoint.method, endpoint.path, (event) =>
      answer(event, web.respond(endpoint, event.req, { ...contextOf(event), params: event.context.params ?? {} }))
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

/** The host's app, the runner routes, and problem documents for whatever neither of them knows. */
const makeRoot = (addRoutes: ServeOptions["app"]) =>
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
    addRoutes?.(root)
    root.mount("/", yield* app)
    root.all("/**", (event) => answer(event, web.handle(event.req, contextOf(event))))
    return root
  })

/**
 * Serves the runner routes on a Node server for as long as the layer lives. The host makes the server, so that it can
 * share it with other adapters. When the layer ends, nothing new is taken, and what is under way may finish.
 */
export const serve = (server: Server, options: ServeOptions): Layer.Layer<never, ListenError, RunnerWeb.RunnerWeb> =>
  Layer.scopedDiscard(
    Effect.flatMap(makeRoot(options.app), (root) => listen(server, { ...options, handler: toNodeHandler(root) }))
  )

/** The same, with options that the host reads from its configuration. */
export const serveConfig = (
  server: Server,
  options: Config.Config.Wrap<ServeOptions>
): Layer.Layer<never, ConfigError.ConfigError | ListenError, RunnerWeb.RunnerWeb> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), (values) => serve(server, values)))
