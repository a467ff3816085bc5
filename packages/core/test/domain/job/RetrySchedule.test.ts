import { describe, expect, it } from "@effect/vitest"
import { Duration, FastCheck as fc } from "effect"
import { pauseBefore, type RetryPolicy } from "../../../src/domain/job/RetrySchedule.ts"

describe("the rest before the next try", () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 30],
    [3, 120],
    [4, 480],
    [5, 900],
    [6, 900],
    [10_000, 900]
  ])("after %i failures: %i s", (failures, seconds) => {
    expect(Duration.toSeconds(pauseBefore(failures))).toBe(seconds)
  })

  it("never shrinks and never exceeds the cap", () => {
    const policy = fc
      .tuple(fc.nat(100_000), fc.double({ min: 1, max: 1000, noNaN: true }), fc.nat(10_000_000))
      .map(([base, factor, cap]): RetryPolicy => ({ base: Duration.millis(base), factor, cap: Duration.millis(cap) }))
    fc.assert(
      fc.property(policy, fc.nat(100_000), (given, failures) => {
        const pause = pauseBefore(failures, given)
        expect(Duration.lessThanOrEqualTo(pause, pauseBefore(failures + 1, given))).toBe(true)
        expect(Duration.lessThanOrEqualTo(pause, given.cap)).toBe(true)
      })
    )
  })
})
