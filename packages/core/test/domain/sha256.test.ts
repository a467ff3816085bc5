import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { sha256 } from "../../src/domain/sha256.ts"

const expected = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

describe("sha256", () => {
  it("equals the system's for every length around the size of a block", () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256)
      assert.strictEqual(sha256(bytes), expected(bytes))
    }
  })

  it("equals the system's for random bytes", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ maxLength: 2000 }), (bytes) => sha256(bytes) === expected(bytes))
    )
  })
})
