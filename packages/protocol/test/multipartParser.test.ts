import { Either, Option } from "effect"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as MultipartParser from "../src/body/MultipartParser.ts"

const boundary = "--------------------------072772f57c56cd9046cd096d"
const encoder = new TextEncoder()
const decoder = new TextDecoder()

interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly contentType: string | undefined
  readonly content: string
}

/** Returns the parts of a form in these pieces, or the error. */
const parse = (pieces: ReadonlyArray<Uint8Array>, named = boundary): ReadonlyArray<Part> | string => {
  const parser = Option.getOrThrow(MultipartParser.make(named))
  const parts: Array<Part & { bytes: Array<number> }> = []
  for (const piece of pieces) {
    const events = parser.push(piece)
    if (Either.isLeft(events)) return events.left
    for (const event of events.right) {
      if (event._tag === "Begin") {
        const { contentType, filename, name } = event.head
        const head = {
          name,
          filename: Option.getOrUndefined(filename),
          contentType: Option.getOrUndefined(contentType)
        }
        parts.push({ ...head, content: "", bytes: [] })
      }
      if (event._tag === "Bytes") parts.at(-1)?.bytes.push(...event.bytes)
    }
  }
  if (!parser.isClosed()) return "not closed"
  return parts.map(({ bytes, ...part }) => ({ ...part, content: decoder.decode(new Uint8Array(bytes)) }))
}

const parseText = (...lines: ReadonlyArray<string>) => parse([encoder.encode(lines.join("\r\n"))], "B")

const form = encoder.encode(
  [
    `--${boundary}`,
    'Content-Disposition: form-data; name="progress"',
    "",
    "0",
    `--${boundary}`,
    'Content-Disposition: form-data; name="payload[videoFile]"; filename="a.mp4"',
    "Content-Type: video/mp4",
    "",
    `almost\r\n--${boundary.slice(0, -1)}x \r\r\n\r\n`,
    `--${boundary}--`,
    ""
  ].join("\r\n")
)

const parts: ReadonlyArray<Part> = [
  { name: "progress", filename: undefined, contentType: undefined, content: "0" },
  {
    name: "payload[videoFile]",
    filename: "a.mp4",
    contentType: "video/mp4",
    content: `almost\r\n--${boundary.slice(0, -1)}x \r\r\n\r\n`
  }
]

describe("MultipartParser", () => {
  it("reads a form that is split at any byte", () => {
    for (let at = 0; at <= form.length; at++) {
      expect(parse([form.subarray(0, at), form.subarray(at)]), `cut at ${at}`).toEqual(parts)
    }
  })

  it("reads a form that arrives byte by byte", () => {
    expect(parse(Array.from(form, (byte) => Uint8Array.of(byte)))).toEqual(parts)
  })

  it("returns any content, in any pieces", () => {
    const content = fc.array(fc.constantFrom("\r", "\n", "\r\n", "-", "--", "--B", "\r\n--", "\r\n-", "B", "x"))
    fc.assert(
      fc.property(content, fc.array(fc.nat(40)), (words, cuts) => {
        const text = words.join("")
        fc.pre(!`\r\n${text}`.includes("\r\n--B"))
        const bytes = encoder.encode(`--B\r\ncontent-disposition:form-data;name=a\r\n\r\n${text}\r\n--B--`)
        const pieces: Array<Uint8Array> = []
        let rest = bytes
        for (const cut of cuts) {
          pieces.push(rest.subarray(0, cut))
          rest = rest.subarray(cut)
        }
        expect(parse([...pieces, rest], "B")).toMatchObject([{ name: "a", content: text }])
      }),
      { numRuns: 2000 }
    )
  })

  it("accepts a form without parts, text before and after it, and quoted names", () => {
    expect(parseText("--B--")).toEqual([])
    expect(
      parseText("before", "--B", 'CONTENT-DISPOSITION:  Form-Data; NAME="a\\"b"', "", "", "--B--", "after", "--B--x")
    ).toEqual([{ name: 'a"b', filename: undefined, contentType: undefined, content: "" }])
  })

  it("treats a part with any file name as a file", () => {
    const head = (parameters: string) =>
      parseText("--B", `Content-Disposition: form-data; ${parameters}`, "", "", "--B--")
    expect(head('name="a"; filename=""')).toMatchObject([{ filename: "" }])
    expect(head("name=\"a\"; filename*=UTF-8''%ZZ")).toMatchObject([{ filename: "UTF-8''%ZZ" }])
  })

  const name = "🎬🚀 Урлаг — مرحبا….mp4"
  it.each([
    ["UTF-8 text", `filename="${name}"`, name],
    ["what browsers escape", 'filename="a%22b%0D%0A%25.mp4"', 'a"b\r\n%25.mp4'],
    ["backslashes", 'filename="a\\"b\\c.mp4"', 'a"b\\c.mp4'],
    ["the extended form", `filename="a.mp4"; filename*=UTF-8''${encodeURIComponent(name)}`, name],
    ["the extended form with a language", "filename*=utf-8'en'a%20b.mp4", "a b.mp4"],
    ["the extended form in Latin-1", "filename*=ISO-8859-1''%A3%80.mp4", "£\u0080.mp4"],
    ["a broken extended form", "filename*=UTF-8''%FF; filename=\"a.mp4\"", "a.mp4"],
    ["an unknown character set", "filename*=KOI8-R''%C1; filename=\"a.mp4\"", "a.mp4"]
  ])("reads a file name in %s", (_, parameter, filename) => {
    const lines = ["--B", `Content-Disposition: form-data; name="a"; ${parameter}`, "", "", "--B--"]
    expect(parseText(...lines)).toMatchObject([{ filename }])
  })

  it.each([
    ["no delimiter", ["hello"]],
    ["another delimiter", ["--C", 'Content-Disposition: form-data; name="a"', "", "x", "--C--"]],
    ["cut off in a head", ["--B", "Content-Disp"]],
    ["cut off in a content", ["--B", 'Content-Disposition: form-data; name="a"', "", "x"]],
    ["cut off before the last dash", ["--B", 'Content-Disposition: form-data; name="a"', "", "x", "--B-"]],
    ["text after a delimiter", ["--Bx", "", ""]],
    ["a part without head", ["--B", "", "x", "--B--"]],
    ["a part without name", ["--B", "Content-Disposition: form-data", "", "x", "--B--"]],
    ["another disposition", ["--B", 'Content-Disposition: attachment; name="a"', "", "x", "--B--"]],
    ["a malformed disposition", ["--B", 'Content-Disposition: form-data; name="a', "", "x", "--B--"]],
    ["a folded header", ["--B", "Content-Disposition: form-data;", ' name="a"', "", "x", "--B--"]],
    ["a header twice", ["--B", ...Array(2).fill('Content-Disposition: form-data; name="a"'), "", "x", "--B--"]],
    ["a line that is no header", ["--B", "no colon", "", "x", "--B--"]],
    ["an endless head", ["--B", `x: ${"y".repeat(20_000)}`]],
    ["an endless beginning", ["y".repeat(20_000)]]
  ])("rejects %s", (_, lines) => {
    expect(typeof parseText(...lines)).toBe("string")
  })

  it.each(["", "x".repeat(71), "a\r\nb", "ä", "ends with space "])("rejects the boundary %j", (text) => {
    expect(Option.isNone(MultipartParser.make(text))).toBe(true)
  })
})
