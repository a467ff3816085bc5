import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http"
import type { Server as HttpsServer } from "node:https"
import type { Duplex } from "node:stream"
import { Effect, type Scope } from "effect"

/** Runners look nowhere else. The slash counts: Socket.IO answers nothing that comes without it. */
const PATH = "/socket.io/"

const isOurs = (request: unknown): boolean => (request as IncomingMessage).url?.startsWith(PATH) === true

/**
 * Once anybody listens for upgrades, Node no longer answers those that nobody takes. This says no when there is nobody
 * but us: the path is not ours, or it would not come here.
 */
const refuseUpgrade = (server: HttpServer | HttpsServer) => (_request: IncomingMessage, socket: Duplex) => {
  if (server.listenerCount("upgrade") > 1) return
  socket.on("error", () => socket.destroy())
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

/**
 * A server to attach Socket.IO to, which gets all requests for its path and never listens itself.
 *
 * Socket.IO attached to the host's server wraps only the request listeners that are there at that moment: with any
 * listener added later both answer, and the process dies of an uncaught ERR_HTTP_HEADERS_SENT, at a single GET of
 * anybody. So requests are parted before any listener sees them, and it does not matter who comes first. Listeners of
 * others stay where they are and can be removed by those who added them. When the scope ends, the server is as it was.
 */
export const takeOver = (server: HttpServer | HttpsServer, gate: HttpServer): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const others = server.emit
      const wasOwn = Object.hasOwn(server, "emit")
      let open = true
      const parting = function (this: HttpServer, event: string | symbol, ...args: Array<unknown>): boolean {
        if (open && (event === "request" || event === "upgrade") && isOurs(args[0])) return gate.emit(event, ...args)
        return Reflect.apply(others, this, [event, ...args])
      }
      const refuse = refuseUpgrade(server)
      server.on("upgrade", refuse)
      server.emit = parting

      return () => {
        // Somebody may have wrapped `emit` after us; then ours stays below it and only passes on.
        open = false
        if (server.emit === parting) {
          if (wasOwn) server.emit = others
          else Reflect.deleteProperty(server, "emit")
        }
        server.off("upgrade", refuse)
      }
    }),
    (restore) => Effect.sync(restore)
  ).pipe(Effect.asVoid)

/**
 * A server that never listens. When its scope ends, the connections that were upgraded through it are ended: ws alone
 * would wait half a minute for the farewell of a runner that is gone, and the host's server with it.
 */
export const makeGate: Effect.Effect<HttpServer, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => {
      const gate = createServer()
      const connections = new Set<Duplex>()
      gate.on("upgrade", (_request: IncomingMessage, connection: Duplex) => {
        connections.add(connection)
        connection.once("close", () => connections.delete(connection))
      })
      return { gate, connections }
    }),
    ({ connections }) =>
      Effect.sync(() => {
        for (const connection of connections) connection.end(() => connection.destroy())
      })
  ),
  ({ gate }) => gate
)
