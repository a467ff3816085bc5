/** One part of a multipart body, exactly as it was sent. */
export interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly contentType: string | undefined
  readonly content: Buffer
}

const NEW_LINE = Buffer.from("\r\n")

/** Parses a form byte by byte according to the standard. Throws on any deviation. */
export const readForm = (contentType: string, body: Buffer): ReadonlyArray<Part> => {
  const boundary = /^multipart\/form-data; boundary=([^";\s]+)$/.exec(contentType)?.[1]
  if (boundary === undefined) throw new Error(`not a form: ${contentType}`)
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: Array<Part> = []
  let at = expectAt(body, 0, delimiter)
  while (!body.subarray(at, at + 2).equals(Buffer.from("--"))) {
    at = expectAt(body, at, NEW_LINE)
    const headEnd = body.indexOf("\r\n\r\n", at)
    const end = body.indexOf(Buffer.concat([NEW_LINE, delimiter]), headEnd + 2)
    if (headEnd < 0 || end < 0) throw new Error("the form is truncated")
    parts.push(readPart(body.subarray(at, headEnd).toString(), body.subarray(headEnd + 4, end)))
    at = end + 2 + delimiter.length
  }
  if (body.subarray(at).toString() !== "--\r\n") throw new Error("there is data after the form")
  return parts
}

const expectAt = (body: Buffer, at: number, expected: Buffer): number => {
  if (!body.subarray(at, at + expected.length).equals(expected)) throw new Error(`unexpected bytes at ${at}`)
  return at + expected.length
}

const readPart = (head: string, content: Buffer): Part => {
  const found =
    /^Content-Disposition: form-data; name="([^"]+)"(?:; filename="([^"]+)"\r\nContent-Type: ([^\r\n]+))?$/.exec(head)
  if (found?.[1] === undefined) throw new Error(`unexpected headers of a part: ${head}`)
  return { name: found[1], filename: found[2], contentType: found[3], content }
}
