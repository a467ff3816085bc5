import { createServer, type Server as HttpServer, type IncomingMessage, ServerResponse } from "node:http"
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

type Method = "emit" | "close"

/** Replaces a method of the server. The result restores it. */
const override = <Name extends Method>(
  server: HttpServer | HttpsServer,
  name: Name,
  method: (HttpServer | HttpsServer)[Name]
): (() => void) => {
  const before = server[name]
  const wasOwn = Object.hasOwn(server, name)
  server[name] = method
  return () => {
    // Other code may have wrapped the method after this function. In that case it stays in place and only passes calls on.
    if (server[name] !== method) return
    if (wasOwn) server[name] = before
    else Reflect.deleteProperty(server, name)
  }
}

/** The connections of runners, which would keep a server open. */
const makeConnections = () => {
  const open = new Set<Duplex | ServerResponse>()
  return {
    add: (connection: Duplex | ServerResponse) => {
      open.add(connection)
      connection.once("close", () => open.delete(connection))
    },
    /** Ends all of them. A runner reconnects after a lost connection. */
    hangUp: () => {
      for (const connection of open) {
        if (connection instanceof ServerResponse) connection.destroy()
        else connection.end(() => connection.destroy())
      }
    }
  }
}

/**
 * Passes the requests for the path of Socket.IO to the gate, a server that never listens itself.
 *
 * Socket.IO attached to the host's server wraps only the request listeners that exist at that moment. With a listener
 * added later, both answer, and a single GET ends the process with an uncaught ERR_HTTP_HEADERS_SENT. This function
 * therefore routes requests before any listener runs, so the order of attachment does not matter. Listeners of the host
 * stay registered and can be removed by the host.
 *
 * Node's `server.close` waits for web sockets, which never end by themselves. So it hangs up the runners here, and calls
 * `onClose`. When the scope ends, the server is as it was before.
 */
export const takeOver = (
  server: HttpServer | HttpsServer,
  gate: HttpServer,
  onClose: () => void = () => undefined
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { close, emit } = server
      const connections = makeConnections()
      let open = true
      const restoreEmit = override(server, "emit", function (this: HttpServer, event, ...args: Array<unknown>) {
        if (!open || (event !== "request" && event !== "upgrade") || !isOurs(args[0])) {
          return Reflect.apply(emit, this, [event, ...args])
        }
        connections.add(args[1] as Duplex | ServerResponse)
        return gate.emit(event, ...args)
      })
      const restoreClose = override(server, "close", function (this: HttpServer, ...args) {
        const closed = Reflect.apply(close, this, args)
        if (open) {
          connections.hangUp()
          onClose()
        }
        return closed
      })
      const refuse = refuseUpgrade(server)
      server.on("upgrade", refuse)

      return () => {
        open = false
        restoreEmit()
        restoreClose()
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
      const connections = makeConnections()
      gate.on("upgrade", (_request: IncomingMessage, connection: Duplex) => connections.add(connection))
      return { gate, connections }
    }),
    ({ connections }) => Effect.sync(connections.hangUp)
  ),
  ({ gate }) => gate
)
