import { Effect, Queue, Redacted, type Scope } from "effect"
import { io, type Socket } from "socket.io-client"
import * as Backoff from "./Backoff.ts"
import type { Session } from "./Session.ts"

/** The namespace of runners on the socket. */
const namespace = "/runners"
const availableJobs = "available-jobs"

type Signal =
  | { readonly _tag: "Connected" }
  | { readonly _tag: "Available" }
  /** The connection was closed for a reason after which the library does not reconnect. */
  | { readonly _tag: "Closed"; readonly reason: string }

/** Connects by WebSocket only, without polling, as the official runner does. */
const connect = ({ runnerToken, settings }: Session): Socket =>
  io(settings.socketUrl.origin + namespace, {
    transports: ["websocket"],
    auth: { runnerToken: Redacted.value(runnerToken) },
    forceNew: true,
    autoConnect: false
  })

const open = (session: Session, signals: Queue.Enqueue<Signal>): Effect.Effect<Socket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const socket = connect(session)
      const tell = (signal: Signal) => void signals.unsafeOffer(signal)
      const tellIfClosed = (reason: string) => {
        if (!socket.active) tell({ _tag: "Closed", reason })
      }
      socket.on("connect", () => tell({ _tag: "Connected" }))
      socket.on(availableJobs, () => tell({ _tag: "Available" }))
      socket.on("connect_error", (error) => tellIfClosed(error.message))
      socket.on("disconnect", tellIfClosed)
      return socket.connect()
    }),
    (socket) =>
      Effect.sync(() => {
        socket.removeAllListeners()
        socket.disconnect()
      })
  )

/**
 * Keeps a socket to the server open until the scope closes. Calls `wake` when the server announces jobs and after every
 * connect, because announcements are not repeated. Retries a refused socket at growing intervals.
 */
export const listen = (session: Session, wake: Effect.Effect<void>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const signals = yield* Queue.unbounded<Signal>()
    const socket = yield* open(session, signals)
    let refusals = 0
    const onSignal = (signal: Signal) =>
      Effect.gen(function* () {
        if (signal._tag !== "Closed") {
          refusals = 0
          return yield* wake
        }
        yield* Effect.logWarning("The server closed the socket", signal.reason)
        yield* Effect.sleep(yield* Backoff.pause(session.settings.retryDelay, refusals++))
        yield* Effect.sync(() => socket.connect())
      })
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(signals), onSignal)))
  })
