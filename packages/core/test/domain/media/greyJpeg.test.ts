import { describe, expect, it } from "vitest"
import { greyJpeg } from "../../../src/domain/media/greyJpeg.ts"

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")

/** The segments of a picture: each with its marker and its content, the scan with the data behind it. */
const segmentsOf = (picture: Uint8Array): ReadonlyArray<readonly [marker: string, content: string]> => {
  const found: Array<readonly [string, string]> = []
  let at = 2
  while (picture[at + 1] !== 0xda) {
    const length = ((picture[at + 2] ?? 0) << 8) | (picture[at + 3] ?? 0)
    found.push([hex(picture.subarray(at, at + 2)), hex(picture.subarray(at + 4, at + 2 + length))])
    at += 2 + length
  }
  return [...found, [hex(picture.subarray(at, at + 2)), hex(picture.subarray(at + 2, -2))]]
}

describe("a grey picture", () => {
  it("begins and ends as a JPEG file", () => {
    const picture = greyJpeg(24, 16)
    expect([hex(picture.subarray(0, 2)), hex(picture.subarray(-2))]).toEqual(["ff d8", "ff d9"])
  })

  it("has one table of each kind, its size, and two zero bits for each block, filled up with ones", () => {
    const codes = `01 ${Array(15).fill("00").join(" ")} 00`
    expect(segmentsOf(greyJpeg(24, 16))).toEqual([
      ["ff db", `00 ${Array(64).fill("01").join(" ")}`],
      ["ff c0", "08 00 10 00 18 01 01 11 00"],
      ["ff c4", `00 ${codes}`],
      ["ff c4", `10 ${codes}`],
      ["ff da", "00 08 01 01 00 00 3f 00 00 0f"]
    ])
  })

  it.each([
    [32, 8, "00"],
    [33, 8, "00 3f"],
    [8, 8, "3f"],
    [1280, 720, Array(3600).fill("00").join(" ")]
  ])("of %i by %i has as much data as it has blocks", (width, height, data) => {
    expect(segmentsOf(greyJpeg(width, height)).at(-1)?.[1]).toBe(`00 08 01 01 00 00 3f 00 ${data}`)
    const frame =
      segmentsOf(greyJpeg(width, height))[1]?.[1]
        .split(" ")
        .map((byte) => Number.parseInt(byte, 16)) ?? []
    expect([(frame[1] ?? 0) * 256 + (frame[2] ?? 0), (frame[3] ?? 0) * 256 + (frame[4] ?? 0)]).toEqual([height, width])
  })
})
