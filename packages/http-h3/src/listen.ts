import type { Server } from "node:http"
import { Server as NetServer } from "node:net"
import { type Duration, Effect, Runtime, Schedule, Schema, type Scope } from "effect"
import { limitConnections, MAX_CONNECTIONS_PER_ADDRESS } from "./connections.ts"
import { none, type TrustedProxies } from "./TrustedProxies.ts"
import { logFailure, makeTraffic, type NodeHandler, type Traffic } from "./traffic.ts"

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
    const clock = yield* Effect.clock
    const traffic = makeTraffic(handler, { now: () => clock.unsafeCurrentTimeMillis(), runFork })
    yield* limitConnections(server, maxConnectionsPerAddress, trustedProxies)
    yield* withListener(server, "connection", traffic.onConnection)
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
const close = (server: Server, traffic: Traffic, within: Duration.DurationInput) =>
  Effect.gen(function* () {
    traffic.stop()
    NetServer.prototype.close.call(server)
    yield* Effect.sync(traffic.closeIdle).pipe(
      Effect.map(traffic.isIdle),
      Effect.repeat({ until: (isIdle) => isIdle, schedule: Schedule.spaced(CHECK_INTERVAL) }),
      Effect.interruptible,
      Effect.timeoutOption(within)
    )
    server.closeAllConnections()
    // `close` of an HTTP server also stops the timer of its checks. The call above does not.
    server.close()
  })
