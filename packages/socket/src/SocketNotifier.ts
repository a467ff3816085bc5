import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import { type Ids, RunnerNotifier, type RunnerStore } from "@runner-connector/core"
import { Duration, Effect, Layer, type Scope } from "effect"
import { Server } from "socket.io"
import { debounce } from "./debounce.ts"
import { makeHandshake, roomOf } from "./handshake.ts"
import { makeGate, takeOver } from "./takeOver.ts"

/** What can be chosen; the defaults suit the real runner. */
export interface SocketNotifierOptions {
  /** A ping follows when no job became available for so long. 1 second by default, as in PeerTube. */
  readonly quiet?: Duration.DurationInput | undefined
  /** And at the latest after so long, when jobs become available all the time. 5 seconds by default. */
  readonly maxWait?: Duration.DurationInput | undefined
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

const make = (server: HttpServer | HttpsServer, options: SocketNotifierOptions) =>
  Effect.gen(function* () {
    const { gate, io } = yield* openSocketServer(options)
    const runners = io.of(NAMESPACE)
    runners.use(
      yield* makeHandshake({
        retryPause: Duration.decode(options.retryPause ?? "2 seconds"),
        maxWaiting: options.maxWaiting ?? 1000
      })
    )
    runners.on("connection", (socket) => void socket.join(roomOf(socket.data.runnerId)))
    yield* takeOver(server, gate)

    const ping = Effect.try(() => runners.emit("available-jobs")).pipe(
      Effect.catchAll((error) => Effect.logWarning("Runners could not be told of available jobs", error)),
      Effect.asVoid
    )
    const availableJobs = yield* debounce(ping, {
      quiet: Duration.decode(options.quiet ?? "1 second"),
      maxWait: Duration.decode(options.maxWait ?? "5 seconds")
    })
    // On the ping it asks for jobs once more and learns that nobody knows it; cut off alone, it would wait for ever.
    const part = (id: Ids.RunnerId) => {
      const its = runners.in(roomOf(id))
      its.emit("available-jobs")
      its.disconnectSockets(true)
    }
    const runnerRemoved = (id: Ids.RunnerId) =>
      Effect.try(() => part(id)).pipe(
        Effect.catchAll((error) => Effect.logWarning("A removed runner could not be disconnected", error))
      )
    return RunnerNotifier.RunnerNotifier.of({ availableJobs, runnerRemoved })
  })

/**
 * Tells connected runners over Socket.IO that there is work, and parts with those that are removed, on whichever server
 * of a Socket.IO adapter they are connected.
 *
 * The server is the host's, who listens with it before or after this layer is built, and adds its own request listeners
 * before or after; everything under `/socket.io/` comes here and nothing else does. When the layer's scope ends, a ping
 * that is due is sent at once (runners of other processes would miss it otherwise), connections are ended in the way
 * upon which runners come back, and the server serves on without us.
 */
export const layer = <E = never, R = never>(
  server: HttpServer | HttpsServer | Effect.Effect<HttpServer | HttpsServer, E, R>,
  options: SocketNotifierOptions = {}
): Layer.Layer<RunnerNotifier.RunnerNotifier, E, Exclude<R, Scope.Scope> | RunnerStore.RunnerStore> =>
  Layer.scoped(
    RunnerNotifier.RunnerNotifier,
    Effect.flatMap(Effect.isEffect(server) ? server : Effect.succeed(server), (given) => make(given, options))
  )
