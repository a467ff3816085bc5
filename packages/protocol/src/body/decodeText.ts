const lenient = new TextDecoder("utf-8")
const strict = new TextDecoder("utf-8", { fatal: true })

/** Takes the place of bytes that are not UTF-8. A text may also contain it. */
const REPLACEMENT = "\uFFFD"

/** The text of the bytes, or undefined if they are not UTF-8. Platforms decode faster when they need not check. */
export const decodeText = (bytes: Uint8Array): string | undefined => {
  const text = lenient.decode(bytes)
  if (!text.includes(REPLACEMENT)) return text
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}
