import { Option } from "effect"
import { describe, expect, it } from "vitest"
import { Selection, select } from "../src/http/ranges.ts"

const part = (start: number, end: number) => Selection.Part({ range: { start, end } })

describe("select", () => {
  it.each([
    ["bytes=0-0", part(0, 0)],
    ["bytes=0-99", part(0, 99)],
    ["bytes=10-", part(10, 99)],
    ["bytes=99-", part(99, 99)],
    ["bytes=-1", part(99, 99)],
    ["bytes=-100", part(0, 99)],
    ["bytes=-1000", part(0, 99)],
    ["bytes=50-1000", part(50, 99)],
    ["BYTES = 5-6 ", part(5, 6)],
    ["bytes=0-99999999999999999999", part(0, 99)],
    ["bytes=100-", Selection.Nothing()],
    ["bytes=100-200", Selection.Nothing()],
    ["bytes=99999999999999999999-", Selection.Nothing()],
    ["bytes=-0", Selection.Nothing()],
    ["bytes=6-5", Selection.Whole()],
    ["bytes=0-1,5-6", Selection.Whole()],
    ["bytes=-", Selection.Whole()],
    ["bytes=a-b", Selection.Whole()],
    ["bytes=1.5-2", Selection.Whole()],
    ["bytes=-1-2", Selection.Whole()],
    ["items=0-5", Selection.Whole()],
    ["", Selection.Whole()]
  ])("%s of 100 bytes", (header, expected) => {
    expect(select(Option.some(header), 100)).toEqual(expected)
  })

  it("finds nothing in an empty file", () => {
    expect(select(Option.some("bytes=0-"), 0)).toEqual(Selection.Nothing())
    expect(select(Option.some("bytes=-5"), 0)).toEqual(Selection.Nothing())
    expect(select(Option.none(), 0)).toEqual(Selection.Whole())
  })
})
