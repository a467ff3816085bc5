import { Either, Option } from "effect"
import { describe, expect, it } from "vitest"
import * as MultipartParser from "../src/body/MultipartParser.ts"

const KIB = 1024
const encoder = new TextEncoder()

/** What the parser answers to a form that comes in pieces of this size: "ok", or the error. */
const answerTo = (text: string, pieceSize: number): string => {
  const parser = Option.getOrThrow(MultipartParser.make("B"))
  const bytes = encoder.encode(text)
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const events = parser.push(bytes.subarray(at, at + pieceSize))
    if (Either.isLeft(events)) return events.left
  }
  return parser.isClosed() ? "ok" : "not closed"
}

const rest = "\r\n\r\ncontent\r\n--B--"

/** A form whose part has a head of this length, from the line end after the delimiter to the empty line. */
const formWithHead = (length: number): string => {
  const head = "\r\ncontent-disposition: form-data; name=a\r\nx: "
  return `--B${head}${"y".repeat(length - head.length)}${rest}`
}

/** A form after this many bytes, the line end before its first delimiter included. */
const formAfter = (length: number): string =>
  `${"y".repeat(length - 2)}\r\n--B\r\ncontent-disposition: form-data; name=a${rest}`

describe.each([1, 1000, 1_000_000])("a form in pieces of %i bytes", (pieceSize) => {
  it("may have a head of 16 KiB", () => {
    expect(answerTo(formWithHead(16 * KIB), pieceSize)).toBe("ok")
  })

  it("must not have a larger head", () => {
    expect(answerTo(formWithHead(16 * KIB + 1), pieceSize)).toBe("The head of a part is too large")
  })

  it("may have 16 KiB before its first delimiter", () => {
    expect(answerTo(formAfter(16 * KIB), pieceSize)).toBe("ok")
  })

  it("must not have more before its first delimiter", () => {
    expect(answerTo(formAfter(16 * KIB + 1), pieceSize)).toBe("The form does not begin with its delimiter")
  })
})
