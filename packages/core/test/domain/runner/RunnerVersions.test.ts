import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc, Schema } from "effect"
import { RunnerVersion } from "../../../src/domain/runner/Runner.ts"
import { byRunnerVersion } from "../../../src/domain/runner/RunnerVersions.ts"

const rising = [
  "not a version",
  "0.0.21",
  "0.1.0",
  "0.1.2",
  "0.2.0",
  "0.3.0-alpha.2",
  "0.3.0-alpha.10",
  "0.3.0-beta.1",
  "0.3.0-rc.1",
  "0.3.0-rc.2",
  "0.3.0",
  "0.4.0",
  "0.10.0",
  "1.0.0-rc.2",
  "1.0.0",
  "10.0.0"
]

describe("the order of versions", () => {
  it("is that of their numbers; what leads to a release comes before it", () => {
    for (const seed of [1, 2, 3]) {
      const [mixed = []] = fc.sample(fc.shuffledSubarray(rising, { minLength: rising.length }), { numRuns: 1, seed })
      expect([...mixed].sort(byRunnerVersion)).toEqual(rising)
    }
  })

  it("knows every version that a runner may send", () => {
    const version = fc
      .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.constantFrom("", "-rc.1", "-alpha.0", "-beta.12"))
      .map(([a, b, c, stage]) => `${a}.${b}.${c}${stage}`)
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(Schema.is(RunnerVersion)(a)).toBe(true)
        expect(byRunnerVersion("nothing", a)).toBe(-1)
        expect(byRunnerVersion(a, b)).toBe(-byRunnerVersion(b, a) + 0)
        expect(byRunnerVersion(a, b) === 0).toBe(a === b)
      })
    )
  })
})
