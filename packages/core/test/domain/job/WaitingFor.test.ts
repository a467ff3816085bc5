import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import { RunnerId } from "../../../src/domain/Ids.ts"
import type { RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { JobState } from "../../../src/domain/job/RunnerJob.ts"
import { describe as say, WaitingFor, type Workload, waitingFor } from "../../../src/domain/job/WaitingFor.ts"
import { unknownHealth } from "../../../src/domain/runner/RunnerHealth.ts"
import { aJobIn, jobId, now } from "../fixtures.ts"

const type = "generate-video-storyboard"
const usual = {
  ...{ id: RunnerId.make(1), jobTypes: Option.none(), labels: [], state: "active" as const },
  ...{ health: unknownHealth, processing: 0, online: true }
}
const old = { ...usual, version: Option.some("0.2.0") }
const current = { ...usual, version: Option.some("0.3.0") }
const busy = { ...current, processing: 1 }
const later = DateTime.add(now, { minutes: 2 })

const reason = (
  job: RunnerJob,
  runners: ReadonlyArray<Workload> = [old, busy],
  retryAt = Option.none<DateTime.Utc>()
) => waitingFor({ job, runners, retryAt, now })

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
    expect(reason(pending, [busy], Option.some(now))).toEqual(Option.some(WaitingFor.FreeRunner({ type })))
  })

  const said = (job: RunnerJob, runners: ReadonlyArray<Workload>) =>
    Option.getOrThrow(Option.map(reason(job, runners), say))

  it("a runner that requests its type", () => {
    const other = { ...current, jobTypes: Option.some(["vod-hls-transcoding"]) }
    for (const runners of [[], [other]]) expect(said(pending, runners)).toBe(`a runner that supports ${type}`)
  })

  it("a newer runner", () => {
    expect(said(pending, [old])).toBe(`a runner of version 0.3.0 or newer, which ${type} needs`)
  })

  it("a runner that supports the task of an edit, even while an older one is free", () => {
    const edit = aJobIn("Pending", { type: "video-studio-transcoding", requirements: ["cut", "remove-segments"] })
    const words = "a runner of version 0.4.0 or newer, which the studio task remove-segments needs"
    expect(said(edit, [current])).toBe(words)
    expect(said(edit, [{ ...current, jobTypes: Option.some([type]) }, current])).toBe(words)
    expect(said(edit, [{ ...busy, version: Option.some("0.4.0") }, current])).toMatch(/^a free runner/)
  })

  it("a free runner, when each that can do it is busy", () => {
    expect(said(pending, [busy, old])).toBe(`a free runner that supports ${type}`)
  })

  it("another runner, when each idle one has failed it", () => {
    const failed = { ...pending, avoided: [current.id] }
    const other = { ...busy, id: RunnerId.make(2) }
    expect(said(failed, [current, other])).toBe(`a free runner that supports ${type} and has not failed the job`)
    expect(said(failed, [current, { ...other, processing: 0 }])).toBe("the idle runner to accept it")
  })

  it("an active runner, when each that can do it is paused or in quarantine", () => {
    const until = DateTime.add(now, { minutes: 5 })
    const quarantine = Option.some({ since: now, until, reason: "3 jobs failed in a row" })
    const health = { ...unknownHealth, quarantines: 1, quarantine }
    const words = `a runner that supports ${type} and is neither paused, draining nor in quarantine`
    expect(said(pending, [{ ...current, health }, old])).toBe(words)
    expect(said(pending, [{ ...current, state: "paused" }, old])).toBe(words)
  })

  it("another job under the same limit, unless no runner can do it", () => {
    const under = (reached: WaitingFor & { readonly _tag: "LabelLimit" | "TenantLimit" }, runners = [current]) =>
      Option.getOrThrow(
        Option.map(
          waitingFor({ job: pending, runners, reached: Option.some(reached), retryAt: Option.none(), now }),
          say
        )
      )
    const ofTenant = (tenant: Option.Option<string>) => WaitingFor.TenantLimit({ tenant, limit: 2 })
    expect(under(ofTenant(Option.some("acme")))).toBe("another job of the tenant acme to end (limit: 2 at once)")
    expect(under(ofTenant(Option.none()))).toBe("another job without a tenant to end (limit: 2 at once)")
    const gpu = WaitingFor.LabelLimit({ label: "gpu", limit: 4 })
    expect(under(gpu)).toBe("another job with the label gpu to end (limit: 4 at once)")
    expect(under(gpu, [old])).toMatch(/^a runner of version/)
  })

  it("a runner to come online, when each that can do it is offline", () => {
    const away = { ...current, online: false }
    expect(said(pending, [away, old])).toBe(`a runner that supports ${type} to come online`)
    expect(said(pending, [away, busy])).toMatch(/^a free runner/)
    expect(said(pending, [away, current])).toBe("the idle runner to accept it")
  })

  it("the idle runners that have not accepted it", () => {
    expect(said(pending, [busy, current, old])).toBe("the idle runner to accept it")
    expect(said(pending, [current, current])).toBe("one of 2 idle runners to accept it")
  })

  it("nothing in all other states", () => {
    const others = JobState.literals.filter((state) => state !== "Pending" && state !== "WaitingForParent")
    expect(others).toHaveLength(7)
    expect(others.map((state) => reason(aJobIn(state)))).toEqual(others.map(() => Option.none()))
  })
})
