import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import { type Ids, RunnerNotifier, type RunnerStore } from "@runner-connector/core"
import { Duration, Effect, Layer, type Scope } from "effect"
import { Server } from "socket.io"
import { Connections } from "./Connections.ts"
import { AVAILABLE_JOBS, makeCalls } from "./calls.ts"
import { makeHandshake, roomOf } from "./handshake.ts"
import { makeGate, takeOver } from "./takeOver.ts"

/** What can be chosen; the defaults suit the real runner. */
export interface SocketNotifierOptions {
  /** Runners are pinged at once when jobs become available, then at most once per interval. 1 second by default. */
  readonly interval?: Duration.DurationInput | undefined
  /** The pause, about, before the failed look-up of a token is made again. 2 seconds by default. */
  readonly retryPause?: Duration.DurationInput | undefined
  /** How many runners may wait for the look-up of their token at once. 1000 by default. */
  readonly maxWaiting?: number | undefined
  /** Sees Socket.IO's server before anybody connects: for an adapter (several processes), or for own namespaces. */
  readonly configure?: ((io: Server) => void) | undefined
}

const NAMESPACE = "/runners"

/** Runners send their token and nothing else; this is room for it, and for whatever they will send along some day. */
const MAX_MESSAGE_SIZE = 16 * 1024

/** A runner that has lost a race ignores pings until it has read the answer. */
const RECALL_DELAY = Duration.seconds(1)

/** How long an adapter may take to say goodbye to its broker. */
const CLOSE_TIMEOUT = Duration.seconds(5)

/**
 * Ends connections and disconnects nobody: a runner that loses its connection comes back, one that is told to leave the
 * namespace stays away.
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

/** Lets runners in, and knows which of them are connected to this process. */
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
      Effect.catchAll(Effect.try(send), (error) => Effect.logWarning(`A runner could not be ${what}`, error))
    const ping = (id: Ids.RunnerId) => () => void namespace.in(roomOf(id)).emit(AVAILABLE_JOBS)

    return RunnerNotifier.RunnerNotifier.of({
      availableJobs,
      recall: (id) => attempt("pinged", ping(id)).pipe(Effect.delay(RECALL_DELAY), Effect.forkIn(scope), Effect.asVoid),
      runnerRemoved: (id, options) =>
        attempt("disconnected", () => {
          // By its next request a pinged runner learns that it is unknown. Disconnected alone, it would wait for ever.
          if (options.ping) ping(id)()
          namespace.in(roomOf(id)).disconnectSockets(true)
        })
    })
  })

/**
 * Pings connected runners over Socket.IO when jobs are available, and disconnects runners that are removed, on whichever
 * server of a Socket.IO adapter they are connected.
 *
 * The host owns the server. It listens before or after this layer is built, and adds its own request listeners before or
 * after. Everything under `/socket.io/` comes here and nothing else does. When the scope of the layer ends, a ping that
 * is due is sent at once, because runners of other processes would miss it otherwise. Connections are then ended in the
 * way after which runners reconnect, and the server serves on without this layer.
 */
export const layer = <E = never, R = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  options: SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  Layer.scoped(
    RunnerNotifier.RunnerNotifier,
    Effect.flatMap(Effect.isEffect(server) ? server : Effect.succeed(server), (given) => make(given, options))
  )
