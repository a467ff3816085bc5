import type { IncomingMessage, Server } from "node:http"
import type { Socket } from "node:net"
import { addressGroup } from "@runner-connector/protocol"
import { Effect, type Scope } from "effect"
import { isTrusted, type TrustedProxies } from "./TrustedProxies.ts"

/** Enough for 1,000 runners behind one NAT, each with a web socket and one request. */
export const MAX_CONNECTIONS_PER_ADDRESS = 2500

/** Node checks this every 30 seconds, unless the server was created with another `connectionsCheckingInterval`. */
const HEAD_WITHIN_MILLIS = 30_000

/** The rest of a body may arrive this long after the answer, so that the client reads the answer. */
const REST_WITHIN = "30 seconds"

const makeCounter = (max: number, proxies: TrustedProxies) => {
  const open = new Map<string, number>()
  const change = (address: string, by: number): number => {
    const count = (open.get(address) ?? 0) + by
    if (count === 0) open.delete(address)
    else open.set(address, count)
    return count
  }
  return (socket: Socket): void => {
    const peer = socket.remoteAddress ?? ""
    // All clients of a proxy come from its address.
    if (isTrusted(peer, proxies)) return
    const address = addressGroup(peer)
    const count = change(address, 1)
    socket.once("close", () => change(address, -1))
    if (max > 0 && count > max) socket.destroy()
  }
}

/**
 * Limits what clients occupy without being authenticated: connections of one address, and connections without a complete
 * head. `requestTimeout` is off, because an upload may take hours. The wire limits the time of bodies.
 */
export const limitConnections = (
  server: Server,
  maxPerAddress: number,
  proxies: TrustedProxies
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      server.requestTimeout = 0
      server.headersTimeout = HEAD_WITHIN_MILLIS
      const count = makeCounter(maxPerAddress, proxies)
      server.on("connection", count)
      return count
    }),
    (count) => Effect.sync(() => server.off("connection", count))
  ).pipe(Effect.asVoid)

/** Closes the connection of an answered request if its body does not end. Nobody reads that body any more. */
export const closeUnfinished = (request: IncomingMessage): Effect.Effect<void> =>
  Effect.delay(
    Effect.sync(() => {
      if (!request.complete) request.socket.destroy()
    }),
    REST_WITHIN
  )
