/** A closed port takes what is transferred to it, as the standard says, and drops it. */
const { port1: drop } = new MessageChannel()
drop.close()

/**
 * Frees the memory of these bytes at once, if nothing else is in the memory of their buffer. They are empty afterwards, and copying
 * them fails. Only their owner may free them. (`ArrayBuffer.prototype.transfer` does the same, but Node 20 has none.)
 */
export const freeBytes = ({ buffer, length }: Uint8Array): void => {
  if (length > 0 && length === buffer.byteLength) drop.postMessage(undefined, [buffer as ArrayBuffer])
}
