/** The first 64 primes. */
const primes = Array.from({ length: 310 }, (_, index) => index + 2)
  .filter((candidate, _, all) => all.every((smaller) => smaller >= candidate || candidate % smaller !== 0))
  .slice(0, 64)

/** The first 32 bits of the fractional part. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0

const roundConstants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const initialState = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))

const BLOCK = 64

const words = new Int32Array(BLOCK)

/** Spreads the 16 words of a block over the 64 rounds. */
const schedule = (bytes: Uint8Array, at: number): void => {
  for (let index = 0; index < 16; index++) {
    const place = at + index * 4
    words[index] =
      ((bytes[place] as number) << 24) |
      ((bytes[place + 1] as number) << 16) |
      ((bytes[place + 2] as number) << 8) |
      (bytes[place + 3] as number)
  }
  for (let index = 16; index < BLOCK; index++) {
    const early = words[index - 15] as number
    const late = words[index - 2] as number
    const first = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3)
    const second = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10)
    words[index] = ((words[index - 16] as number) + first + (words[index - 7] as number) + second) | 0
  }
}

const compress = (state: Int32Array): void => {
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
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
  state[0] = ((state[0] as number) + a) | 0
  state[1] = ((state[1] as number) + b) | 0
  state[2] = ((state[2] as number) + c) | 0
  state[3] = ((state[3] as number) + d) | 0
  state[4] = ((state[4] as number) + e) | 0
  state[5] = ((state[5] as number) + f) | 0
  state[6] = ((state[6] as number) + g) | 0
  state[7] = ((state[7] as number) + h) | 0
}

/** The last bytes with their padding: a one bit, zeros, and the length of the message in bits. One or two blocks. */
const tail = new Uint8Array(2 * BLOCK)
const tailView = new DataView(tail.buffer)

const fillTail = (bytes: Uint8Array, from: number): number => {
  const rest = bytes.length - from
  const size = rest + 9 > BLOCK ? 2 * BLOCK : BLOCK
  tail.fill(0)
  for (let index = 0; index < rest; index++) tail[index] = bytes[from + index] as number
  tail[rest] = 0x80
  tailView.setUint32(size - 8, Math.floor(bytes.length / 2 ** 29))
  tailView.setUint32(size - 4, (bytes.length << 3) >>> 0)
  return size
}

const digits = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0))
const codes = new Array<number>(BLOCK).fill(0)

const hexOf = (state: Int32Array): string => {
  for (let index = 0; index < BLOCK; index++) {
    const word = state[index >> 3] as number
    codes[index] = digits[(word >>> (28 - (index & 7) * 4)) & 15] as number
  }
  return String.fromCharCode(...codes)
}

const state = new Int32Array(initialState.length)

/**
 * Returns the SHA-256 of the bytes in hexadecimal digits. For short texts such as tokens: WebCrypto answers
 * asynchronously, which costs a hundred times as much there.
 */
export const sha256 = (bytes: Uint8Array): string => {
  state.set(initialState)
  const whole = bytes.length - (bytes.length % BLOCK)
  for (let at = 0; at < whole; at += BLOCK) {
    schedule(bytes, at)
    compress(state)
  }
  const size = fillTail(bytes, whole)
  for (let at = 0; at < size; at += BLOCK) {
    schedule(tail, at)
    compress(state)
  }
  return hexOf(state)
}
