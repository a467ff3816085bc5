import { createServer, type Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"
import { Effect, type Scope } from "effect"
import { takeOver } from "./takeOver.ts"

/** Servers that are not known yet when the notifier starts. */
export interface LateServers {
  /** Never listens. Give it to `SocketNotifier.layer` and the other notifiers. */
  readonly server: HttpServer
  /**
   * Passes the requests of runners to the notifier until the scope ends: exactly those under `/socket.io/`. The server may
   * listen already or later, and keeps its own listeners. Any number of servers can be attached. When the host closes the
   * server, the connections of runners end, and `onClose` is called.
   */
  readonly attach: (server: HttpServer | HttpsServer, onClose?: () => void) => Effect.Effect<void, never, Scope.Scope>
}

/** For hosts that have their servers after the notifier, or several of them. */
export const make: Effect.Effect<LateServers> = Effect.sync(() => {
  const server = createServer()
  return { server, attach: (given, onClose) => takeOver(given, server, onClose) }
})
