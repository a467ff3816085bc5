import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { DateTime, Duration } from "effect"
import { RunnerId } from "../../../src/domain/Ids.ts"
import { isReportDue, type Sightings, sight } from "../../../src/domain/runner/Presence.ts"

const offlineAfter = Duration.seconds(60)
const at = (second: number) => DateTime.unsafeMake(second * 1000)
const [one, two] = [RunnerId.make(1), RunnerId.make(2)]
const idsOf = (sightings: Sightings) => Array.from(sightings.keys())

it("a runner stays sighted for the given time after its connection ended", () => {
  const first = sight(new Map(), [one, two], at(0), offlineAfter)
  const second = sight(first, [two], at(60), offlineAfter)
  deepStrictEqual(idsOf(second), [one, two])
  const third = sight(second, [], at(61), offlineAfter)
  deepStrictEqual(idsOf(third), [two])
  deepStrictEqual(idsOf(sight(third, [one], at(120), offlineAfter)), [two, one])
})

it("a report is due at first, after each change, and after a quarter of the time", () => {
  const runners: Sightings = new Map([[one, at(0)]])
  const last = { runners, at: at(0) }
  assert.isTrue(isReportDue(undefined, runners, at(0), offlineAfter))
  assert.isFalse(isReportDue(last, new Map([[one, at(14)]]), at(14), offlineAfter))
  assert.isTrue(isReportDue(last, runners, at(15), offlineAfter))
  assert.isTrue(isReportDue(last, new Map([[two, at(1)]]), at(1), offlineAfter))
  assert.isTrue(isReportDue(last, new Map(), at(1), offlineAfter))
  assert.isTrue(isReportDue(last, new Map([...runners, [two, at(1)]]), at(1), offlineAfter))
})
