import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http"
import type { Server as HttpsServer } from "node:https"
import type { Duplex } from "node:stream"
import { Effect, type Scope } from "effect"

/** The only path that runners use. The trailing slash is required: Socket.IO does not answer without it. */
const PATH = "/socket.io/"

const isOurs = (request: unknown): boolean => (request as IncomingMessage).url?.startsWith(PATH) === true

/**
 * As soon as an upgrade listener exists, Node stops answering unhandled upgrades. This function answers them with 400
 * when no other listener exists. Upgrades for our own path never get here.
 */
const refuseUpgrade = (server: HttpServer | HttpsServer) => (_request: IncomingMessage, socket: Duplex) => {
  if (server.listenerCount("upgrade") > 1) return
  socket.on("error", () => socket.destroy())
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

/**
 * Returns a server for Socket.IO that receives all requests for its path and never listens itself.
 *
 * Socket.IO attached to the host's server wraps only the request listeners that exist at that moment. With a listener
 * added later, both answer, and a single GET ends the process with an uncaught ERR_HTTP_HEADERS_SENT. This function
 * therefore routes requests before any listener runs, so the order of attachment does not matter. Listeners of the host
 * stay registered and can be removed by the host. When the scope ends, the server is as it was before.
 */
export const takeOver = (server: HttpServer | HttpsServer, gate: HttpServer): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const others = server.emit
      const wasOwn = Object.hasOwn(server, "emit")
      let open = true
      const routed = function (this: HttpServer, event: string | symbol, ...args: Array<unknown>): boolean {
        if (open && (event === "request" || event === "upgrade") && isOurs(args[0])) return gate.emit(event, ...args)
        return Reflect.apply(others, this, [event, ...args])
      }
      const refuse = refuseUpgrade(server)
      server.on("upgrade", refuse)
      server.emit = routed

      return () => {
        // Other code may have wrapped `emit` after this function. In that case this wrapper stays in place and only
        // passes events on.
        open = false
        if (server.emit === routed) {
          if (wasOwn) server.emit = others
          else Reflect.deleteProperty(server, "emit")
        }
        server.off("upgrade", refuse)
      }
    }),
    (restore) => Effect.sync(restore)
  ).pipe(Effect.asVoid)

/**
 * A server that never listens. When its scope ends, its upgraded connections are destroyed. Otherwise ws would wait 30
 * seconds for the close frame of a dead runner, and the host's server would wait with it.
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
