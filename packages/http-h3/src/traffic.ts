import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Cause, Effect } from "effect"
import { closeUnfinished } from "./connections.ts"

/** Answers a request of Node's server. */
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** A connection that is younger and has sent nothing yet was opened for a request that is on its way. */
const EXPECTS_REQUEST_MILLIS = 1000

/** Whether the host is well-formed. HTTP requires 400 otherwise (RFC 9112, 3.2), and h3 would fail on some hosts. */
export const hasValidHost = ({ headers: { host = "" } }: IncomingMessage): boolean =>
  host === "" || URL.canParse(`http://${host}`)

/** Without listeners an error event of a disconnected client ends the process. */
export const ignoreErrors = (...streams: ReadonlyArray<IncomingMessage | ServerResponse>): void => {
  for (const stream of streams) stream.on("error", () => undefined)
}

/** Logs an error for which no request is to blame. */
export const logFailure = (error: unknown): Effect.Effect<void> =>
  Effect.logError("The server has failed", Cause.die(error))

interface Connection {
  readonly openedAt: number
  /** Whether its first request is still expected. */
  isNew: boolean
  /** The bytes that had arrived when its last answer ended. None while there is no answer, or one in progress. */
  readAtRest: number | undefined
}

/** Tracks the connections. Node's `closeIdleConnections` also closes those that wait for their first request since Node 26. */
const makeConnections = (now: () => number) => {
  const open = new Map<Socket, Connection>()
  const change = (socket: Socket, to: Partial<Connection>) => {
    const connection = open.get(socket)
    if (connection !== undefined) Object.assign(connection, to)
  }
  return {
    add: (socket: Socket): void => {
      open.set(socket, { openedAt: now(), isNew: true, readAtRest: undefined })
      socket.once("close", () => open.delete(socket))
    },
    requested: (socket: Socket) => change(socket, { isNew: false, readAtRest: undefined }),
    answered: (socket: Socket) => change(socket, { readAtRest: socket.bytesRead }),
    /** Whether a connection was opened just now and has sent no request. */
    expectRequest: (): boolean =>
      Array.from(open.values()).some(({ isNew, openedAt }) => isNew && now() - openedAt < EXPECTS_REQUEST_MILLIS),
    /** Closes the answered ones. Spares those on which a request, or a web socket, has begun since. */
    closeIdle: (): void => {
      for (const [socket, { readAtRest }] of open) if (readAtRest === socket.bytesRead) socket.destroy()
    }
  }
}

/** Closes the connection after this answer. */
const closeAfter = (response: ServerResponse) => {
  if (!response.headersSent) response.setHeader("connection", "close")
}

type RunFork = <A>(effect: Effect.Effect<A>) => unknown

const makeHandle =
  (handler: NodeHandler, runFork: RunFork) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (hasValidHost(request)) await handler(request, response)
      else response.writeHead(400).end()
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
  /** Closes connections that wait for a further request. */
  readonly closeIdle: () => void
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
  const connections = makeConnections(now)
  let isStopping = false

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    connections.requested(socket)
    underWay.add(response)
    response.once("close", () => {
      underWay.delete(response)
      connections.answered(socket)
    })
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

  return {
    onConnection: connections.add,
    onRequest,
    stop,
    closeIdle: connections.closeIdle,
    isIdle: () => underWay.size === 0 && !connections.expectRequest()
  }
}
