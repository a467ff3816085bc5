/** Reads width and height from the frame header of a JPEG. Throws when the bytes are not a complete JPEG. */
export const jpegSize = (bytes: Uint8Array): readonly [width: number, height: number] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint16(0) !== 0xffd8) throw new Error("These bytes do not begin as a JPEG")
  if (view.getUint16(view.byteLength - 2) !== 0xffd9) throw new Error("These bytes do not end as a JPEG")
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at)
    if (marker >= 0xffc0 && marker <= 0xffc2) return [view.getUint16(at + 7), view.getUint16(at + 5)]
  }
  throw new Error("This JPEG has no frame header")
}
