/** One table in which a single code, the bit 0, stands for the symbol 0: "no difference", "end of block". */
const huffman = (kind: number): ReadonlyArray<number> => [0xff, 0xc4, 0, 20, kind, 1, ...Array(15).fill(0), 0]

const twoBytes = (value: number): ReadonlyArray<number> => [value >> 8, value & 0xff]

/** A valid JPEG picture of the given size, grey all over: two zero bits for every block of 8 by 8. */
export const greyJpeg = (width: number, height: number): Uint8Array => {
  const bits = 2 * Math.ceil(width / 8) * Math.ceil(height / 8)
  const head = [
    ...[0xff, 0xd8],
    ...[0xff, 0xdb, 0, 67, 0, ...Array(64).fill(1)],
    ...[0xff, 0xc0, 0, 11, 8, ...twoBytes(height), ...twoBytes(width), 1, 1, 0x11, 0],
    ...huffman(0x00),
    ...huffman(0x10),
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]
  ]
  const data = new Uint8Array(Math.ceil(bits / 8))
  if (bits % 8 > 0) data[data.length - 1] = 0xff >> (bits % 8)
  return Uint8Array.from([...head, ...data, 0xff, 0xd9])
}
