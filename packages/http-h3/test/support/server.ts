import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { Wire } from "@runner-connector/contracts/wire"
import type { RunnerWeb } from "@runner-connector/protocol"
import { Context, Effect, Layer, type Scope } from "effect"
import { H3Runners, type ListenError } from "../../src/index.ts"

/** A server that listens on a free port of this machine. */
export class Listening extends Context.Tag("Listening")<
  Listening,
  { readonly port: number; readonly server: Server }
>() {}

/** The runner routes on a free port, until the scope ends. */
export const aServer = (
  options: Partial<H3Runners.ServeOptions> = {}
): Effect.Effect<Listening["Type"], ListenError, RunnerWeb.RunnerWeb | Scope.Scope> =>
  Effect.gen(function* () {
    const server = createServer()
    yield* Layer.build(H3Runners.serve(server, { port: 0, host: "127.0.0.1", ...options }))
    return { server, port: (server.address() as AddressInfo).port }
  })

/** Sends a request to the port, with any `Host`. */
export const fetchFrom =
  (port: number) =>
  (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    return fetch(`http://127.0.0.1:${port}${pathname}${search}`, request)
  }

/** A listening server in a world of its own, and the hands to arrange it. */
export const listening = (
  settings: Parameters<typeof Wire.World.layer>[0] = {}
): Layer.Layer<Wire.World.World | Wire.WireServer | Listening, ListenError> =>
  Wire.reachedBy(Effect.map(Listening, ({ port }) => fetchFrom(port))).pipe(
    Layer.provideMerge(Layer.scoped(Listening, aServer())),
    Layer.provideMerge(Wire.World.layer(settings))
  )
