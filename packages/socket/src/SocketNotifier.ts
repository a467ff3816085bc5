import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import { type Ids, RunnerNotifier, type RunnerStore } from "@runner-connector/core"
import { Duration, Effect, Layer, type Scope } from "effect"
import { Server } from "socket.io"
import { Connections } from "./Connections.ts"
import { AVAILABLE_JOBS, makeCalls } from "./calls.ts"
import { makeHandshake, roomOf } from "./handshake.ts"
import { makeGate, takeOver } from "./takeOver.ts"

/** Options of the notifier. The defaults suit the PeerTube runner. */
export interface SocketNotifierOptions {
  /** Minimum time between pings. The first ping goes out at once. Default: 1 second. */
  readonly interval?: Duration.DurationInput | undefined
  /** Average pause before a failed token look-up is retried. Default: 2 seconds. */
  readonly retryPause?: Duration.DurationInput | undefined
  /** Maximum number of connections that wait for a token look-up. Default: 1000. */
  readonly maxWaiting?: number | undefined
  /** Receives the Socket.IO server before any client connects, for example to set an adapter or to add namespaces. */
  readonly configure?: ((io: Server) => void) | undefined
}

const NAMESPACE = "/runners"

/** Runners send only their token. The limit leaves room for future fields. */
const MAX_MESSAGE_SIZE = 16 * 1024

/** A runner that has lost a race ignores pings until it has read the answer. */
const RECALL_DELAY = Duration.seconds(1)

/** Maximum time for an adapter to close its broker connection. */
const CLOSE_TIMEOUT = Duration.seconds(5)

/**
 * Closes connections without a disconnect packet. A runner reconnects after a lost connection, but not after a
 * disconnect from the namespace.
 */
const close = (io: Server): Effect.Effect<void> =>
  Effect.sync(() => io.engine.close()).pipe(
    Effect.zipRight(Effect.interruptible(Effect.promise(() => io.close()))),
    Effect.timeoutOption(CLOSE_TIMEOUT),
    Effect.asVoid
  )

const openSocketServer = (options: SocketNotifierOptions) =>
  Effect.gen(function* () {
    const gate = yield* makeGate
    const io = yield* Effect.acquireRelease(
      Effect.sync(() => new Server(gate, { serveClient: false, maxHttpBufferSize: MAX_MESSAGE_SIZE })),
      close
    )
    options.configure?.(io)
    return { gate, io }
  })

/** Authenticates runners and tracks the connections of this process. */
const openNamespace = (io: Server, options: SocketNotifierOptions) =>
  Effect.gen(function* () {
    const namespace = io.of(NAMESPACE)
    const connections = new Connections()
    const clock = yield* Effect.clock
    namespace.use(
      yield* makeHandshake({
        retryPause: Duration.decode(options.retryPause ?? "2 seconds"),
        maxWaiting: options.maxWaiting ?? 1000
      })
    )
    namespace.on("connection", (socket) => {
      void socket.join(roomOf(socket.data.runnerId))
      connections.add(socket.data.runnerId, socket, clock.unsafeCurrentTimeMillis())
    })
    return { connections, namespace }
  })

const make = (server: HttpServer | HttpsServer, options: SocketNotifierOptions) =>
  Effect.gen(function* () {
    const { gate, io } = yield* openSocketServer(options)
    const { connections, namespace } = yield* openNamespace(io, options)
    yield* takeOver(server, gate)

    const scope = yield* Effect.scope
    const availableJobs = yield* makeCalls(namespace, connections, Duration.decode(options.interval ?? "1 second"))
    const attempt = (what: string, send: () => void) =>
      Effect.catchAll(Effect.try(send), (error) => Effect.logWarning(`Runner could not be ${what}`, error))
    const ping = (id: Ids.RunnerId) => () => void namespace.in(roomOf(id)).emit(AVAILABLE_JOBS)

    return RunnerNotifier.RunnerNotifier.of({
      availableJobs,
      recall: (id) => attempt("pinged", ping(id)).pipe(Effect.delay(RECALL_DELAY), Effect.forkIn(scope), Effect.asVoid),
      runnerRemoved: (id, options) =>
        attempt("disconnected", () => {
          // The ping makes the runner send a request, whose answer reports that the runner is unknown. After a
          // disconnect alone, the runner would wait forever.
          if (options.ping) ping(id)()
          namespace.in(roomOf(id)).disconnectSockets(true)
        })
    })
  })

/**
 * Pings connected runners over Socket.IO when jobs are available. Disconnects removed runners on every server of a
 * Socket.IO adapter.
 *
 * The host owns the server. The server may start to listen before or after this layer is built, and the host may add
 * its own request listeners at any time. This layer receives exactly the requests under `/socket.io/`. When the scope
 * of the layer ends, a due ping is sent at once, because runners of other processes would miss it otherwise.
 * Connections are then closed so that runners reconnect. The server keeps serving without this layer.
 */
export const layer = <E = never, R = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  options: SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  Layer.scoped(
    RunnerNotifier.RunnerNotifier,
    Effect.flatMap(Effect.isEffect(server) ? server : Effect.succeed(server), (given) => make(given, options))
  )
