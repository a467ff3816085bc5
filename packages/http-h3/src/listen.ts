import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { Cause, type Duration, Effect, Runtime, Schedule, Schema, type Scope } from "effect"
import { closeUnfinished, limitConnections, MAX_CONNECTIONS_PER_ADDRESS } from "./connections.ts"
import { none, type TrustedProxies } from "./TrustedProxies.ts"

/** The server cannot listen on the address. */
export class ListenError extends Schema.TaggedError<ListenError>()("ListenError", {
  host: Schema.optional(Schema.String),
  port: Schema.Number,
  cause: Schema.Defect
}) {
  override get message(): string {
    const place = this.host === undefined ? `port ${this.port}` : `${this.host}, port ${this.port}`
    return `Cannot listen on ${place}: ${explain(this.cause)}`
  }
}

const explanations: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there already; stop it or choose another port",
  EACCES: "the system does not permit it; ports below 1024 often need special rights",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "there is no host of this name",
  ERR_SERVER_ALREADY_LISTEN: "this server listens already; hand it over before it does"
}

const explain = (cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return explanations[code] ?? (cause instanceof Error ? cause.message : String(cause))
}

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

export interface ListenOptions {
  readonly port: number
  readonly host?: string | undefined
  readonly stopWithin?: Duration.DurationInput | undefined
  readonly maxConnectionsPerAddress?: number | undefined
  readonly trustedProxies?: TrustedProxies | undefined
  readonly handler: NodeHandler
}

const STOP_WITHIN = "10 seconds"
const CHECK_INTERVAL = "100 millis"

/** Connections that the system keeps until they are accepted. A thousand runners reconnect at once after a restart. */
const BACKLOG = 4096

/** HTTP requires 400 for a malformed host (RFC 9112, 3.2). h3 would fail on some of them. */
const namesHost = ({ headers: { host = "" } }: IncomingMessage): boolean =>
  host === "" || URL.canParse(`http://${host}`)

/** Without listeners an error event of a disconnected client ends the process. */
const ignoreErrors = (...streams: ReadonlyArray<IncomingMessage | ServerResponse>): void => {
  for (const stream of streams) stream.on("error", () => undefined)
}

const logFailure = (error: unknown): Effect.Effect<void> => Effect.logError("The server has failed", Cause.die(error))

/** Tracks answers in progress. Closes their connections once the server stops. */
const makeTraffic = (handler: NodeHandler, runFork: <A>(effect: Effect.Effect<A>) => unknown) => {
  const underWay = new Set<ServerResponse>()
  let isStopping = false

  const closeAfter = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader("connection", "close")
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await handler(request, response)
    } catch (error) {
      runFork(logFailure(error))
      response.destroy()
    }
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (!namesHost(request)) {
      response.writeHead(400).end()
      return
    }
    underWay.add(response)
    response.once("close", () => underWay.delete(response))
    response.once("finish", () => {
      if (!request.complete) runFork(closeUnfinished(request))
    })
    ignoreErrors(request, response)
    if (isStopping) closeAfter(response)
    void handle(request, response)
  }

  const stop = () => {
    isStopping = true
    for (const response of underWay) closeAfter(response)
  }

  return { onRequest, stop, isIdle: () => underWay.size === 0 }
}

/** Listens until the scope ends. Then lets requests in progress finish, and closes every connection. */
export const listen = (
  server: Server,
  {
    handler,
    host,
    maxConnectionsPerAddress = MAX_CONNECTIONS_PER_ADDRESS,
    port,
    stopWithin = STOP_WITHIN,
    trustedProxies = none
  }: ListenOptions
): Effect.Effect<void, ListenError, Scope.Scope> =>
  Effect.gen(function* () {
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    const traffic = makeTraffic(handler, runFork)
    yield* limitConnections(server, maxConnectionsPerAddress, trustedProxies)
    yield* withListener(server, "request", traffic.onRequest)
    yield* Effect.acquireRelease(open(server, port, host), () => close(server, traffic, stopWithin))
    // Such as no file descriptors for a new connection. Open connections continue.
    yield* withListener(server, "error", (error) => void runFork(logFailure(error)))
  })

// biome-ignore lint/suspicious/noExplicitAny: the arguments of an event are its own
const withListener = (server: Server, event: string, listener: (...args: Array<any>) => void) =>
  Effect.acquireRelease(
    Effect.sync(() => server.on(event, listener)),
    () => Effect.sync(() => server.off(event, listener))
  )

const open = (server: Server, port: number, host: string | undefined): Effect.Effect<void, ListenError> =>
  Effect.async((resume) => {
    const onError = (cause: unknown) => {
      server.off("listening", onListening)
      resume(new ListenError({ port, cause, ...(host === undefined ? {} : { host }) }))
    }
    const onListening = () => {
      server.off("error", onError)
      resume(Effect.void)
    }
    server.once("error", onError)
    server.once("listening", onListening)
    try {
      server.listen({ port, backlog: BACKLOG, ...(host === undefined ? {} : { host }) })
    } catch (cause) {
      server.off("error", onError)
      onError(cause)
    }
  })

/**
 * Does not wait for web sockets, which the adapter that took them over closes. Closes connections as they become idle;
 * otherwise the server would wait for their timeout.
 */
const close = (
  server: Server,
  traffic: { readonly stop: () => void; readonly isIdle: () => boolean },
  within: Duration.DurationInput
) =>
  Effect.gen(function* () {
    traffic.stop()
    server.close()
    yield* Effect.sync(() => server.closeIdleConnections()).pipe(
      Effect.map(traffic.isIdle),
      Effect.repeat({ until: (isIdle) => isIdle, schedule: Schedule.spaced(CHECK_INTERVAL) }),
      Effect.interruptible,
      Effect.timeoutOption(within)
    )
    server.closeAllConnections()
  })
