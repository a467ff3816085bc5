import type { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { freeBytes } from "@runner-connector/protocol"

/** To free less costs more than it saves. Calls without files have smaller bodies. */
const WORTHWHILE = 16 * 1024

/**
 * Whether the bytes of this request come from a socket. Then Node has made each piece for its reader alone. Adapters that play a
 * server, for tests or for functions in a cloud, hand over bytes of others.
 */
const comesFromSocket = ({ socket }: IncomingMessage): boolean => socket instanceof Socket && socket.bytesRead > 0

/**
 * Frees the memory of a piece that is not used any more. V8 counts this memory and otherwise collects all garbage of the process
 * after some 64 MiB of it. `ownListeners` get the pieces of the request for its body; others, of the host, may keep what they get.
 */
export const freePiece = (piece: Uint8Array, request: IncomingMessage, ownListeners: number): void => {
  if (piece.length < WORTHWHILE || !comesFromSocket(request)) return
  if (request.listenerCount("data") === ownListeners) freeBytes(piece)
}
