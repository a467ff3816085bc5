import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import type { RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { JobState } from "../../../src/domain/job/RunnerJob.ts"
import { describe as say, WaitingFor, waitingFor } from "../../../src/domain/job/WaitingFor.ts"
import { aJobIn, jobId, now } from "../fixtures.ts"

const type = "generate-video-storyboard"
const old = { version: Option.some("0.2.0"), jobTypes: Option.none() }
const current = { version: Option.some("0.3.0"), jobTypes: Option.none() }
const later = DateTime.add(now, { minutes: 2 })

const reason = (job: RunnerJob, runners = [old, current], retryAt = Option.none<DateTime.Utc>()) =>
  waitingFor({ job, runners, retryAt, now })

const pending = aJobIn("Pending", { type })

describe("what a job waits for", () => {
  it("its parent", () => {
    const made = reason(aJobIn("WaitingForParent", { parentId: Option.some(jobId(9)) }))
    expect(made).toEqual(Option.some(WaitingFor.Parent({ parentId: Option.some(jobId(9)) })))
    expect(Option.map(made, say)).toEqual(Option.some("the job it depends on"))
  })

  it("the time of its next try, until then", () => {
    const made = reason(pending, [], Option.some(later))
    expect(Option.map(made, say)).toEqual(Option.some("its next try at 2026-01-01T00:03:00.000Z"))
    expect(reason(pending, [current], Option.some(now))).toEqual(Option.some(WaitingFor.FreeRunner({ type })))
  })

  it("a runner that can do it", () => {
    for (const runners of [[], [old]]) {
      expect(Option.map(reason(pending, runners), say)).toEqual(Option.some(`a runner that supports ${type}`))
    }
  })

  it("a runner that is free", () => {
    expect(Option.map(reason(pending), say)).toEqual(Option.some(`a free runner that supports ${type}`))
  })

  it("nothing in all other states", () => {
    const others = JobState.literals.filter((state) => state !== "Pending" && state !== "WaitingForParent")
    expect(others).toHaveLength(7)
    expect(others.map((state) => reason(aJobIn(state)))).toEqual(others.map(() => Option.none()))
  })
})
