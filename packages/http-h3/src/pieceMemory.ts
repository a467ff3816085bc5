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
 * Frees the memory of pieces as soon as they are used. V8 counts their memory and otherwise collects all garbage of the process
 * after some 64 MiB of them.
 */
export const makeFree = (request: IncomingMessage): ((piece: Uint8Array, ownListeners: number) => void) => {
  const isOurs = comesFromSocket(request)
  return (piece, ownListeners) => {
    // Other listeners of the host may keep what they get.
    if (isOurs && piece.length >= WORTHWHILE && request.listenerCount("data") === ownListeners) freeBytes(piece)
  }
}
