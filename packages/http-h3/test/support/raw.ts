import { connect, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A connection on which a test writes what it likes. */
export interface Connection {
  readonly socket: Socket
  /** Resolves when the bytes have left. */
  readonly write: (bytes: Uint8Array | string) => Effect.Effect<void>
  /** All that has come so far. */
  readonly received: Effect.Effect<string>
  /** The whole, as soon as the other side has ended. */
  readonly ended: Effect.Effect<string>
}

/** Opens a connection, which is closed with the scope. */
export const aConnection = (port: number): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<Connection>((resume) => {
      const socket = connect(port, "127.0.0.1", () => resume(Effect.succeed(connectionOf(socket))))
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const connectionOf = (socket: Socket): Connection => {
  const chunks: Array<Buffer> = []
  const text = () => Buffer.concat(chunks).toString("latin1")
  socket.on("data", (chunk: Buffer) => chunks.push(chunk))
  // A server that closes first is what some tests wait for.
  socket.on("error", () => undefined)
  return {
    socket,
    write: (bytes) => Effect.async((resume) => void socket.write(bytes, () => resume(Effect.void))),
    received: Effect.sync(text),
    ended: Effect.async((resume) => {
      if (socket.closed) return resume(Effect.sync(text))
      socket.once("close", () => resume(Effect.sync(text)))
    })
  }
}

/** A request's head, its lines ended as they must be. */
export const head = (...lines: ReadonlyArray<string>): string => [...lines, "", ""].join("\r\n")
