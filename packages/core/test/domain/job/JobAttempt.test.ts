import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option } from "effect"
import { isHopeless, type JobAttempt, refusedDurations } from "../../../src/domain/job/JobAttempt.ts"

const at = DateTime.unsafeMake("2026-01-01T00:00:00Z")

const attempt = (runner: string, message: string, fault?: { readonly duration: number | null }): JobAttempt => ({
  runner,
  version: Option.none(),
  startedAt: at,
  end: Option.some({ at, outcome: "refused", message: Option.some(message), ...(fault === undefined ? {} : { fault }) })
})

const wrong = (runner: string, message = "The result has no video.") => attempt(runner, message, { duration: null })

describe("the faults of earlier results", () => {
  it("make a job hopeless when three results have the same", () => {
    expect(isHopeless([wrong("a"), wrong("b"), wrong("c")])).toBe(true)
    expect(isHopeless([wrong("a"), wrong("a"), wrong("a")])).toBe(true)
    expect(isHopeless([wrong("a"), attempt("a", "Disk full"), wrong("b"), wrong("a")])).toBe(true)
  })

  it("leave hope where results differ, or the server was at fault", () => {
    expect(isHopeless([])).toBe(false)
    expect(isHopeless([wrong("a")])).toBe(false)
    expect(isHopeless([wrong("a"), wrong("b")])).toBe(false)
    expect(isHopeless([wrong("a"), wrong("b"), wrong("c", "The result has no sound.")])).toBe(false)
    expect(isHopeless([attempt("a", "Disk full"), attempt("b", "Disk full"), attempt("c", "Disk full")])).toBe(false)
    expect(isHopeless([wrong("a"), wrong("b"), wrong("c"), attempt("d", "Disk full")])).toBe(false)
    expect(isHopeless([wrong("a"), wrong("b"), wrong("c"), { ...wrong("d"), end: Option.none() }])).toBe(false)
  })

  it("tell the durations that were refused", () => {
    const attempts = [attempt("a", "Too long", { duration: 60 }), wrong("b"), attempt("c", "Disk full")]
    expect(refusedDurations(attempts)).toEqual([60])
  })
})
