import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Option } from "effect"
import {
  afterFailure,
  afterSuccess,
  quarantineRules as rules,
  standingOf,
  unknownHealth
} from "../../../src/domain/runner/RunnerHealth.ts"
import { jobId, now } from "../fixtures.ts"

const later = (minutes: number) => DateTime.add(now, { minutes })
const succeeding = [{ succeededAt: Option.some(later(1000)) }]

const fail = (health = unknownHealth, job = 1, at = now, others = succeeding) =>
  afterFailure(health, { job: jobId(job), message: "no encoder" }, { others, rules, now: at })

const failing = (jobs: ReadonlyArray<number>, others = succeeding) =>
  jobs.reduce((health, job) => fail(health, job, now, others), unknownHealth)

describe("a runner that fails", () => {
  it("is quarantined after three jobs in a row, with the reason", () => {
    expect(standingOf(failing([1, 2]), now)).toBe("free")
    const health = failing([1, 2, 3])
    expect(standingOf(health, now)).toBe("quarantined")
    const { reason, until } = Option.getOrThrow(health.quarantine)
    expect(reason).toBe("3 jobs failed in a row while other runners succeeded; the last one: no encoder")
    expect(DateTime.distance(now, until)).toBe(Duration.toMillis(rules.pause))
  })

  it("is not blamed for one job, nor while nobody succeeds", () => {
    expect(standingOf(failing([1, 1, 1, 1]), now)).toBe("free")
    expect(standingOf(failing([1, 2, 3, 4], [{ succeededAt: Option.none() }]), now)).toBe("free")
    const before = [{ succeededAt: Option.some(DateTime.subtract(now, { seconds: 1 })) }]
    expect(standingOf(failing([1, 2, 3, 4], before), now)).toBe("free")
    expect(standingOf(failing([1, 2, 3, 4], []), now)).toBe("free")
  })

  it("gets a trial after the pause; a failure doubles the pause up to the longest, a success ends it", () => {
    let health = failing([1, 2, 3])
    let at = now
    const pauses: Array<number> = []
    for (let round = 0; round < 9; round += 1) {
      const until = Option.getOrThrow(health.quarantine).until
      pauses.push(DateTime.distance(at, until) / 60_000)
      expect(standingOf(health, DateTime.subtract(until, { millis: 1 }))).toBe("quarantined")
      expect(standingOf(health, until)).toBe("trial")
      at = until
      health = fail(health, 3, at)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360])
    expect(standingOf(afterSuccess(at), at)).toBe("free")
    expect(fail(afterSuccess(at), 9, at).failures).toBe(1)
  })
})
