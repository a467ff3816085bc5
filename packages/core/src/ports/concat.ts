import { Chunk } from "effect"

/** The chunks as one array. */
export const concat = (chunks: Chunk.Chunk<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(Chunk.reduce(chunks, 0, (size, chunk) => size + chunk.length))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
