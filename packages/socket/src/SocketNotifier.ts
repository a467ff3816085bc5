import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import { type Ids, RunnerNotifier, type RunnerStore } from "@runner-connector/core"
import { Duration, Effect, Layer, type Scope } from "effect"
import { Server } from "socket.io"
import { Connections } from "./Connections.ts"
import { makeCalls, makeSend } from "./calls.ts"
import { alone, makeCluster } from "./cluster/Cluster.ts"
import { makeHandshake } from "./handshake.ts"
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
  /**
   * Transports that clients may use. Default: all. With several processes on one port and without sticky sessions only
   * `["websocket"]` works, because the requests of a polling client reach different processes. Runners use it anyway.
   */
  readonly transports?: ReadonlyArray<"websocket" | "polling"> | undefined
  /**
   * Closes all connections when this effect completes, and accepts no others. Runners then connect to another process,
   * while this one finishes its requests and still sends pings to the others.
   */
  readonly closeWhen?: Effect.Effect<void> | undefined
}

/** Makes the adapter of each namespace, as Socket.IO's `io.adapter` takes it. */
type SocketAdapter = NonNullable<Parameters<Server["adapter"]>[0]>

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

const openSocketServer = <E, R>(
  options: SocketNotifierOptions,
  adapter: Effect.Effect<SocketAdapter | undefined, E, R>
) =>
  Effect.gen(function* () {
    const gate = yield* makeGate
    const shared = yield* adapter
    const { transports } = options
    const io = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const limits = { serveClient: false, maxHttpBufferSize: MAX_MESSAGE_SIZE }
        return new Server(gate, transports === undefined ? limits : { ...limits, transports: [...transports] })
      }),
      close
    )
    const inMemory = io.adapter()
    if (shared !== undefined) io.adapter(shared)
    options.configure?.(io)
    return { gate, io, isShared: io.adapter() !== inMemory }
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
      connections.add(socket.data.runnerId, socket, clock.unsafeCurrentTimeMillis())
    })
    return { connections, namespace }
  })

const make = <E, R>(
  server: HttpServer | HttpsServer,
  options: SocketNotifierOptions,
  adapter: Effect.Effect<SocketAdapter | undefined, E, R>
) =>
  Effect.gen(function* () {
    const { gate, io, isShared } = yield* openSocketServer(options, adapter)
    const { connections, namespace } = yield* openNamespace(io, options)
    const pingHere = yield* makeSend(connections)
    const cluster = isShared ? yield* makeCluster(namespace, { connections, pingHere }) : alone
    const interval = Duration.decode(options.interval ?? "1 second")
    const availableJobs = yield* makeCalls(connections, cluster, { interval, pingHere })
    yield* takeOver(server, gate)
    if (options.closeWhen !== undefined) {
      yield* Effect.forkScoped(
        Effect.zipRight(
          options.closeWhen,
          Effect.sync(() => io.engine.close())
        )
      )
    }

    const scope = yield* Effect.scope
    const ping = (id: Ids.RunnerId) => Effect.zipRight(cluster.ping([id]), pingHere([id]))
    return RunnerNotifier.RunnerNotifier.of({
      availableJobs,
      recall: (id) => ping(id).pipe(Effect.delay(RECALL_DELAY), Effect.forkIn(scope), Effect.asVoid),
      runnerRemoved: (id, options) =>
        Effect.zipRight(
          cluster.remove(id, options),
          Effect.sync(() => connections.disconnect(id, options))
        ),
      connected: Effect.sync(() => connections.ids)
    })
  })

/**
 * Like `layer`, with an adapter that connects the processes of an installation. It lives as long as this layer. The
 * ready-made layers of `PostgresNotifier` and `RedisNotifier` are made by this.
 */
export const layerWithAdapter = <E = never, R = never, E2 = never, R2 = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  adapter: Effect.Effect<SocketAdapter | undefined, E2, R2>,
  options: SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, E | E2, Exclude<R | R2, Scope.Scope> | RunnerStore.RunnerStore> =>
  Layer.scoped(
    RunnerNotifier.RunnerNotifier,
    Effect.flatMap(Effect.isEffect(server) ? server : Effect.succeed(server), (given) => make(given, options, adapter))
  )

/**
 * Pings connected runners over Socket.IO when jobs are available, and disconnects removed runners. Knows the runners of
 * this process only, unless `configure` sets a Socket.IO adapter.
 *
 * The host owns the server. The server may start to listen before or after this layer is built, and the host may add
 * its own request listeners at any time. This layer receives exactly the requests under `/socket.io/`. When the host calls
 * `server.close`, the connections of runners end at once, because Node would wait for them. When the scope of the layer
 * ends, a due ping is sent at once, because runners of other processes would miss it otherwise. Connections are then closed
 * so that runners reconnect. The server keeps serving without this layer.
 */
export const layer = <E = never, R = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  options: SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  layerWithAdapter(server, Effect.succeed(undefined), options)
