import type { IncomingMessage, ServerResponse } from "node:http"
import { basePath, Problem, ProtocolErrors, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Runtime } from "effect"
import { H3, type H3Event, toNodeHandler } from "h3"
import { contextOf, makeAnswer, quiet } from "./answer.ts"
import { app as runnerRoutes } from "./H3Runners.ts"
import { hasValidHost, ignoreErrors, logFailure } from "./traffic.ts"

/** A request listener of Node, and middleware of Express and Connect. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void
) => void

/** Routes beside the runner API. */
export interface Options {
  /** Adds routes of the host. */
  readonly app?: ((app: H3) => void) | undefined
  /** Whether these routes answer the path. Other paths go to `next`. */
  readonly owns?: ((pathname: string) => boolean) | undefined
}

/** The path of a request, without its query. */
export const pathnameOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] ?? url

const isRunnerPath = (pathname: string): boolean => pathname === basePath || pathname.startsWith(`${basePath}/`)

/** Whether the middleware answers the request. */
export const owns = (request: IncomingMessage, options: Options = {}): boolean => {
  const pathname = pathnameOf(request)
  return isRunnerPath(pathname) || options.owns?.(pathname) === true
}

/** Express knows the client behind its trusted proxies. */
const addressOf = (request: IncomingMessage | undefined): string | undefined =>
  (request as { readonly ip?: string } | undefined)?.ip ?? request?.socket.remoteAddress

const setClientAddress = (event: H3Event): void => {
  const address = addressOf(event.runtime?.node?.req as IncomingMessage | undefined)
  if (address !== undefined) event.context.clientAddress = address
}

const hasBody = ({ method }: IncomingMessage): boolean => method !== "GET" && method !== "HEAD"

/** True when the body was read before this middleware, which cannot read it again. */
const wasRead = (request: IncomingMessage): boolean => hasBody(request) && request.readableDidRead

const advice =
  "The body of the request was read before the connector's handler. Register the handler before body parsers, such as express.json()"

/** The host's routes, the runner API, and problem documents for all other paths. */
const makeRoot = (options: Options) =>
  Effect.gen(function* () {
    const web = yield* RunnerWeb.RunnerWeb
    const answer = yield* makeAnswer
    const root = new H3(quiet)
    root.use((event, next) => {
      setClientAddress(event)
      const node = event.runtime?.node?.req as IncomingMessage | undefined
      return node !== undefined && wasRead(node)
        ? answer(event, Problem.answer(Effect.fail(new ProtocolErrors.BodyConsumed({ advice })), event.req))
        : next()
    })
    options.app?.(root)
    root.mount("/", yield* runnerRoutes)
    root.all("/**", (event) => answer(event, web.handle(event.req, contextOf(event))))
    return root
  })

/** Answers the paths of an h3 app in a server of the host. Other paths go to `next`, or to the app without it. */
export const ofApp = (app: H3, owns: (request: IncomingMessage) => boolean): Effect.Effect<NodeMiddleware> =>
  Effect.gen(function* () {
    const handle = toNodeHandler(app)
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    return (request, response, next) => {
      if (next !== undefined && !owns(request)) return next()
      if (!hasValidHost(request)) return void response.writeHead(400).end()
      ignoreErrors(request, response)
      const failed = (error: unknown) => {
        runFork(logFailure(error))
        response.destroy()
      }
      Promise.resolve(handle(request, response)).catch(failed)
    }
  })

/**
 * Answers the requests of runners in a server of the host. Other paths go to `next`, or get a 404 problem without it. The
 * host's middleware must leave the body unread: a request whose body was read gets a 500 problem, and the log tells the
 * remedy.
 */
export const make = (options: Options = {}): Effect.Effect<NodeMiddleware, never, RunnerWeb.RunnerWeb> =>
  Effect.flatMap(makeRoot(options), (root) => ofApp(root, (request) => owns(request, options)))
