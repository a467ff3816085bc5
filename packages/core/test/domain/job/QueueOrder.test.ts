import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import * as fc from "fast-check"
import { LEVEL } from "../../../src/domain/job/JobsOfVideo.ts"
import { dueOf } from "../../../src/domain/job/QueueOrder.ts"

const HOUR = 3_600_000

const at = (millis: number) => DateTime.unsafeMake(Date.UTC(2027, 0, 1) + millis)

/** How much earlier a job of the second priority must be created to come before one of the first. */
const worth = (first: number, second: number): number =>
  dueOf({ createdAt: at(0), priority: second }) - dueOf({ createdAt: at(0), priority: first })

const aPriority = fc.integer({ min: -10 * LEVEL, max: 11 * LEVEL - 1 })

describe("dueOf", () => {
  it("follows the priority of jobs that were created together", () => {
    fc.assert(
      fc.property(aPriority, aPriority, (a, b) => {
        if (a < b) assert.isAtMost(worth(b, a), 0)
      })
    )
    const order = [-LEVEL, -1, 0, 1, 99, 100, 101, 104, 500, 10_000, 20_000, LEVEL - 1, LEVEL, 2 * LEVEL]
    for (const [place, priority] of order.entries()) {
      const next = order[place + 1]
      if (next !== undefined) assert.isAbove(worth(priority, next), 0, `${priority} before ${next}`)
    }
  })

  it("ages every job alike", () => {
    const due = (millis: number, priority: number) => dueOf({ createdAt: at(millis), priority })
    assert.strictEqual(due(5000, 103) - due(0, 103), 5000)
    assert.strictEqual(due(5000, LEVEL) - due(0, LEVEL), 5000)
  })

  it("counts a level as a day, the second rendition as an hour, the fifth as some hours", () => {
    assert.strictEqual(worth(100, LEVEL + 100), 24 * HOUR)
    assert.isTrue(worth(100, 101) > 0.8 * HOUR && worth(100, 101) <= HOUR)
    assert.isTrue(worth(100, 104) > 3 * HOUR && worth(100, 104) < 4 * HOUR)
    assert.isBelow(worth(0, LEVEL - 1), 24 * HOUR)
  })
})
