import { assert, describe, it } from "@effect/vitest"
import { assertNone, assertSome } from "@effect/vitest/utils"
import { Schema } from "effect"
import { clientFileName, DisplayText } from "../../../src/domain/video/DisplayText.ts"

const isText = Schema.is(DisplayText)

describe("DisplayText", () => {
  it("accepts every script, and refuses what no line of text contains", () => {
    for (const text of ["🎬🚀 Урлаг — مرحبا….mp4", "\u202eabc\u2069", "é", "x".repeat(500)])
      assert.isTrue(isText(text), text)
    for (const text of ["", "\u3000 ", "a\nb", "a\0", "\u0085", "\ud83d", "x".repeat(501)])
      assert.isFalse(isText(text), text)
  })
})

describe("clientFileName", () => {
  const unchanged = ["🎬🚀 Урлаг — مرحبا….mp4", " a\\b.mp4", 'a"b%.mp4', "\u202eabc.mp4", "e\u0301.mp4"]
  for (const name of unchanged)
    it(`leaves ${JSON.stringify(name)} unchanged`, () => assertSome(clientFileName(name), name))

  it("omits folders", () => {
    assertSome(clientFileName("/home/me/cat.mp4"), "cat.mp4")
    assertSome(clientFileName("C:\\Users\\me\\cat.mp4"), "cat.mp4")
    assertSome(clientFileName("\\\\server\\share\\cat.mp4"), "cat.mp4")
  })

  it("replaces what no line of text contains", () => {
    assertSome(clientFileName("a\r\nb\0.mp4"), "a\ufffd\ufffdb\ufffd.mp4")
    assertSome(clientFileName("\ud83d.mp4"), "\ufffd.mp4")
  })

  it("cuts between characters", () => {
    const name = `${"x".repeat(499)}🎬.mp4`
    assertSome(clientFileName(name), "x".repeat(499))
    assert.isTrue(isText("x".repeat(499)))
  })

  it("finds no name in blanks and folders", () => {
    for (const name of ["", "  ", "/home/me/", "\u00a0"]) assertNone(clientFileName(name))
  })
})
