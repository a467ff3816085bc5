import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Cause, Effect } from "effect"
import { closeUnfinished } from "./connections.ts"

/** Answers a request of Node's server. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** A connection that is younger and has sent nothing yet was opened for a request that is on its way. */
const EXPECTS_REQUEST_MILLIS = 1000

/** HTTP requires 400 for a malformed host (RFC 9112, 3.2). h3 would fail on some of them. */
export const namesHost = ({ headers: { host = "" } }: IncomingMessage): boolean =>
  host === "" || URL.canParse(`http://${host}`)

/** Without listeners an error event of a disconnected client ends the process. */
export const ignoreErrors = (...streams: ReadonlyArray<IncomingMessage | ServerResponse>): void => {
  for (const stream of streams) stream.on("error", () => undefined)
}

/** Logs an error for which no request is to blame. */
export const logFailure = (error: unknown): Effect.Effect<void> =>
  Effect.logError("The server has failed", Cause.die(error))

/** Tracks new connections until their first request. */
const makeNewcomers = (now: () => number) => {
  const openedAt = new Map<Socket, number>()
  return {
    add: (socket: Socket): void => {
      openedAt.set(socket, now())
      socket.once("close", () => openedAt.delete(socket))
    },
    remove: (socket: Socket): void => void openedAt.delete(socket),
    isEmpty: (): boolean => Array.from(openedAt.values()).every((at) => now() - at >= EXPECTS_REQUEST_MILLIS)
  }
}

type RunFork = <A>(effect: Effect.Effect<A>) => unknown

const makeHandle =
  (handler: NodeHandler, runFork: RunFork) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await handler(request, response)
    } catch (error) {
      runFork(logFailure(error))
      response.destroy()
    }
  }

/** The connections and requests of a server. */
export interface Traffic {
  readonly onConnection: (socket: Socket) => void
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void
  /** Closes each connection after its answer from now on. */
  readonly stop: () => void
  /** Whether no answer is in progress and no first request is expected. */
  readonly isIdle: () => boolean
}

/** Tracks answers in progress. Closes their connections once the server stops. */
export const makeTraffic = (
  handler: NodeHandler,
  { now, runFork }: { readonly now: () => number; readonly runFork: RunFork }
): Traffic => {
  const handle = makeHandle(handler, runFork)
  const underWay = new Set<ServerResponse>()
  const newcomers = makeNewcomers(now)
  let isStopping = false

  const closeAfter = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader("connection", "close")
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (!namesHost(request)) {
      response.writeHead(400).end()
      return
    }
    newcomers.remove(request.socket)
    underWay.add(response)
    response.once("close", () => underWay.delete(response))
    response.once("finish", () => {
      if (!request.complete) runFork(closeUnfinished(request))
    })
    ignoreErrors(request, response)
    if (isStopping) closeAfter(response)
    void handle(request, response)
  }

  const stop = () => {
    isStopping = true
    for (const response of underWay) closeAfter(response)
  }

  return { onConnection: newcomers.add, onRequest, stop, isIdle: () => underWay.size === 0 && newcomers.isEmpty() }
}
