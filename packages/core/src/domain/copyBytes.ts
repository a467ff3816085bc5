/** A copy of the bytes in a new buffer. `slice` of Node's `Buffer`, which is a `Uint8Array` as well, copies nothing. */
export const copyBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)
