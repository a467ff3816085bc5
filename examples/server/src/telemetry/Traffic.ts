import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Effect, Layer, Metric, MetricBoundaries, MetricLabel, Runtime } from "effect"
import type { Middleware } from "h3"
import { Settings } from "../Settings.ts"

const requests = Metric.counter("runner_connector_http_requests_total", {
  description: "Answered HTTP requests.",
  incremental: true
})
const seconds = Metric.histogram(
  "runner_connector_http_request_seconds",
  MetricBoundaries.fromIterable([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]),
  "Time from a request to the end of its answer."
)
const bytes = Metric.counter("runner_connector_http_bytes_total", {
  description: "Bytes of HTTP requests and answers.",
  incremental: true
})
const sockets = Metric.gauge("runner_connector_sockets", { description: "Open WebSocket connections." })

/** The pattern of the route of an answer, such as `/videos/:id`. */
const routes = new WeakMap<ServerResponse, string>()

/** Remembers the route of each answer for the metrics. Register it first. */
export const middleware: Middleware = async (event, next) => {
  const answer = await next()
  const response = event.runtime?.node?.res
  const route = event.context.matchedRoute?.route
  if (response !== undefined && route !== undefined) routes.set(response as ServerResponse, route)
  return answer
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The path without the query, and without segments that may be keys of uploads. */
export const safePath = (url: string): string =>
  (url.split("?")[0] ?? "")
    .split("/")
    .map((segment) => (segment.length > 24 && !uuid.test(segment) ? "…" : segment))
    .join("/")
    .slice(0, 300)

/** The bytes of each connection that were counted already. */
const counted = new WeakMap<Socket, { in: number; out: number }>()

const countBytes = (socket: Socket): { readonly received: number; readonly sent: number } => {
  const before = counted.get(socket) ?? { in: 0, out: 0 }
  counted.set(socket, { in: socket.bytesRead, out: socket.bytesWritten })
  const [received, sent] = [socket.bytesRead - before.in, socket.bytesWritten - before.out]
  bytes.unsafeUpdate(received, [MetricLabel.make("direction", "received")])
  bytes.unsafeUpdate(sent, [MetricLabel.make("direction", "sent")])
  return { received, sent }
}

/** One request that was answered, or whose client went away. */
interface Answered {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly millis: number
  readonly received: number
  readonly sent: number
}

const count = ({ millis, request, response }: Answered): void => {
  const route = MetricLabel.make("route", routes.get(response) ?? "other")
  const status = `${Math.floor(response.statusCode / 100)}xx`
  const method = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].find((known) => known === request.method) ?? "other"
  requests.unsafeUpdate(1, [route, MetricLabel.make("method", method), MetricLabel.make("status", status)])
  seconds.unsafeUpdate(millis / 1000, [route])
}

const accessLine = ({ millis, received, request, response, sent }: Answered) =>
  Effect.logInfo("HTTP request").pipe(
    Effect.annotateLogs({
      method: request.method,
      path: safePath(request.url ?? ""),
      status: response.statusCode,
      finished: response.writableFinished,
      millis: Math.round(millis),
      received,
      sent
    })
  )

const countSockets = (server: Server): (() => void) => {
  const onUpgrade = (_: IncomingMessage, socket: NodeJS.EventEmitter) => {
    sockets.unsafeModify(1, [])
    socket.once("close", () => sockets.unsafeModify(-1, []))
  }
  server.on("upgrade", onUpgrade)
  return () => server.off("upgrade", onUpgrade)
}

/** Counts the traffic of the server, and logs each request with `ACCESS_LOG`. */
export const layer = (server: Server): Layer.Layer<never, never, Settings> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { accessLog } = yield* Settings
      const runFork = Runtime.runFork(yield* Effect.runtime<never>())
      const onRequest = (request: IncomingMessage, response: ServerResponse) => {
        const [since, { socket }] = [performance.now(), request]
        response.once("close", () => {
          const answered = { request, response, millis: performance.now() - since, ...countBytes(socket) }
          count(answered)
          if (accessLog) runFork(accessLine(answered))
        })
      }
      sockets.unsafeUpdate(0, [])
      server.on("request", onRequest)
      const stop = countSockets(server)
      yield* Effect.addFinalizer(() => Effect.sync(() => void [server.off("request", onRequest), stop()]))
    })
  )
