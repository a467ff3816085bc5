import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Either } from "effect"
import { boxesIn, parseBox, viewOf } from "../../../src/domain/mp4/Box.ts"
import { box, text, u32, u64, zeros } from "./boxBytes.ts"

const at = (bytes: ReadonlyArray<number>, start: number, limit: number) =>
  parseBox(Uint8Array.from(bytes), { start, limit })

describe("the header of a box", () => {
  it("has a size of 32 or 64 bits, or none up to the end", () => {
    deepStrictEqual(
      at([...u32(24), ...text("moof")], 100, 1000),
      Either.right({ type: "moof", start: 100, body: 108, end: 124 })
    )
    const wide = [...u32(1), ...text("mdat"), ...u64(600n)]
    deepStrictEqual(at(wide, 100, 1000), Either.right({ type: "mdat", start: 100, body: 116, end: 700 }))
    deepStrictEqual(
      at([...u32(0), ...text("mdat")], 100, 1000),
      Either.right({ type: "mdat", start: 100, body: 108, end: 1000 })
    )
  })

  it("may fill its parent and may be empty, and is damaged when it is larger or smaller", () => {
    for (const [size, isWhole] of [
      [8, true],
      [7, false],
      [2, false],
      [900, true],
      [901, false]
    ] as const) {
      assert.strictEqual(Either.isRight(at([...u32(size), ...text("free")], 100, 1000)), isWhole, `${size} bytes`)
    }
    for (const [size, isWhole] of [
      [16n, true],
      [15n, false]
    ] as const) {
      const wide = [...u32(1), ...text("mdat"), ...u64(size)]
      assert.strictEqual(Either.isRight(at(wide, 100, 1000)), isWhole, `${size} bytes`)
    }
    const damaged = at([...u32(24)], 0, 1000)
    assert.match(Either.getOrThrow(Either.flip(damaged)).message, /damaged outermost box/)
  })
})

describe("boxes one after another", () => {
  it("are read up to the end, and fewer than eight bytes are none", () => {
    const bytes = [...box("free", zeros(4)), ...box("skip"), ...zeros(7)]
    const found = boxesIn(viewOf(Uint8Array.from(bytes)), 0, bytes.length)
    deepStrictEqual(
      found.map(({ end, start, type }) => [type, start, end]),
      [
        ["free", 0, 12],
        ["skip", 12, 20]
      ]
    )
  })
})
