/** The first 64 primes. */
const primes = Array.from({ length: 310 }, (_, index) => index + 2)
  .filter((candidate, _, all) => all.every((smaller) => smaller >= candidate || candidate % smaller !== 0))
  .slice(0, 64)

/** The first 32 bits of the fractional part. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0

const roundConstants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const initialState = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))

const BLOCK = 64

/** The message with its padding: a one bit, zeros, and the length in bits. */
const padded = (bytes: Uint8Array): DataView => {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK)
  const message = new Uint8Array(blocks * BLOCK)
  message.set(bytes)
  message[bytes.length] = 0x80
  const view = new DataView(message.buffer)
  view.setUint32(message.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(message.length - 4, (bytes.length << 3) >>> 0)
  return view
}

const words = new Int32Array(BLOCK)

/** Spreads the 16 words of a block over the 64 rounds. */
const schedule = (message: DataView, block: number): void => {
  for (let index = 0; index < 16; index++) words[index] = message.getInt32(block + index * 4)
  for (let index = 16; index < BLOCK; index++) {
    const early = words[index - 15] as number
    const late = words[index - 2] as number
    const first = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    words[index] = ((words[index - 16] as number) + first + (words[index - 7] as number) + second) | 0
  }
}

const compress = (state: Int32Array): void => {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let index = 0; index < BLOCK; index++) {
    const mixed = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const choice = mixed + ((e & f) ^ (~e & g))
    const first = (h + choice + (roundConstants[index] as number) + (words[index] as number)) | 0
    const spread = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const second = spread + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  const found = [a, b, c, d, e, f, g, h]
  for (let index = 0; index < found.length; index++) {
    state[index] = ((state[index] as number) + (found[index] as number)) | 0
  }
}

/**
 * Returns the SHA-256 of the bytes in hexadecimal digits. For short texts such as tokens: WebCrypto answers
 * asynchronously, which costs a hundred times as much there.
 */
export const sha256 = (bytes: Uint8Array): string => {
  const message = padded(bytes)
  const state = initialState.slice()
  for (let block = 0; block < message.byteLength; block += BLOCK) {
    schedule(message, block)
    compress(state)
  }
  let text = ""
  for (const word of state) text += (word >>> 0).toString(16).padStart(8, "0")
  return text
}
