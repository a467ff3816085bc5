import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { RunnerNotifier, RunnerStore } from "@runner-connector/core"
import { SocketNotifier } from "@runner-connector/socket"
import { Context, Effect, Layer, type Scope } from "effect"
import { type Database, runners } from "./runners.ts"

/** An HTTP server that listens on a free port of this machine. */
export class Host extends Context.Tag("test/Host")<Host, { readonly server: Server; readonly port: number }>() {}

export const listen = (server: Server, port = 0): Effect.Effect<number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

const host = Layer.scoped(
  Host,
  Effect.gen(function* () {
    const server = createServer()
    return { server, port: yield* listen(server) }
  })
)

/** A runner store, a host server and the notifier on it. */
export const notifierOn = (
  options?: SocketNotifier.SocketNotifierOptions
): Layer.Layer<RunnerNotifier.RunnerNotifier | RunnerStore.RunnerStore | Database | Host> =>
  SocketNotifier.layer(
    Effect.map(Host, ({ server }) => server),
    options
  ).pipe(Layer.provideMerge(Layer.merge(host, runners)))
