import { Effect, type Scope } from "effect"
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client"

/** The recorded events of a test runner. */
export interface RunnerClient {
  readonly socket: Socket
  readonly pings: Effect.Effect<number>
  /** The message of the first refusal or failed connection attempt. */
  readonly refusal: Effect.Effect<string | undefined>
  readonly connected: Effect.Effect<boolean>
  /** The number of connections and the reasons of disconnects. */
  readonly connections: Effect.Effect<number>
  readonly disconnects: Effect.Effect<ReadonlyArray<string>>
}

/** Connects like the PeerTube runner: WebSocket only, the token in the handshake, defaults otherwise. */
export const connect = (
  port: number,
  runnerToken: unknown,
  options: Partial<ManagerOptions & SocketOptions> = {}
): Effect.Effect<RunnerClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const seen = {
        pings: 0,
        connections: 0,
        refusal: undefined as string | undefined,
        disconnects: [] as Array<string>
      }
      const socket = io(`http://127.0.0.1:${port}/runners`, {
        transports: ["websocket"],
        auth: { runnerToken },
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 100,
        ...options
      })
      socket.on("available-jobs", (...given: Array<unknown>) => {
        seen.pings += given.length === 0 ? 1 : Number.NaN
      })
      socket.on("connect", () => void seen.connections++)
      socket.once("connect_error", (error) => {
        seen.refusal = error.message
      })
      socket.on("disconnect", (reason) => void seen.disconnects.push(reason))
      return {
        socket,
        pings: Effect.sync(() => seen.pings),
        refusal: Effect.sync(() => seen.refusal),
        connected: Effect.sync(() => socket.connected),
        connections: Effect.sync(() => seen.connections),
        disconnects: Effect.sync(() => seen.disconnects)
      }
    }),
    ({ socket }) => Effect.sync(() => socket.disconnect())
  )
