/** A client frame: masked, here with zeros. */
export const frame = (text: string, opcode = 1): Buffer => {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

/** The received server frames, as text. */
export const framesOf = (received: Buffer): ReadonlyArray<string> => {
  const texts: Array<string> = []
  let at = 0
  while (at + 2 <= received.length) {
    const short = (received[at + 1] ?? 0) & 0x7f
    const length = short === 126 ? received.readUInt16BE(at + 2) : short
    const start = at + (short === 126 ? 4 : 2)
    texts.push(received.toString("utf8", start, start + length))
    at = start + length
  }
  return texts
}
