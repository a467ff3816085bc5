import type { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { MessageChannel } from "node:worker_threads"

/** To free less costs more than it saves. Calls without files have smaller bodies. */
const WORTHWHILE = 16 * 1024

/** A closed port takes what is transferred to it, as the standard says, and drops it. */
const { port1: drop } = new MessageChannel()
drop.close()

/**
 * Whether the bytes of this request come from a socket. Then Node has made each piece for its reader alone. Adapters that play a
 * server, for tests or for functions in a cloud, hand over bytes of others.
 */
const comesFromSocket = ({ socket }: IncomingMessage): boolean => socket instanceof Socket && socket.bytesRead > 0

/** A smaller piece, or one among others in the memory of its buffer, is left to the garbage collector. */
const isAlone = ({ buffer, length }: Uint8Array): boolean => length >= WORTHWHILE && length === buffer.byteLength

/**
 * Frees the memory of pieces as soon as they are used. V8 counts their memory and otherwise collects all garbage of the process
 * after some 64 MiB of them. A freed piece is empty, and copying it fails. (`ArrayBuffer.prototype.transfer` does the same, but
 * Node 20 has none.)
 */
export const makeFree = (request: IncomingMessage): ((piece: Uint8Array, ownListeners: number) => void) => {
  const isOurs = comesFromSocket(request)
  return (piece, ownListeners) => {
    // Other listeners of the host may keep what they get.
    if (isOurs && isAlone(piece) && request.listenerCount("data") === ownListeners) {
      drop.postMessage(undefined, [piece.buffer as ArrayBuffer])
    }
  }
}
