import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Either, Option } from "effect"
import { ATTEMPTS_KEPT } from "../../../src/domain/job/JobAttempt.ts"
import { JobEvent, step } from "../../../src/domain/job/JobMachine.ts"
import type { JobState, RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { acceptance, aJobIn, now } from "../fixtures.ts"
import { go, rules } from "./jobStateTable.ts"

describe("failing", () => {
  const nothingOfTheTry = {
    state: "Pending",
    jobTokenHash: Option.none(),
    runnerId: Option.none(),
    progress: Option.none(),
    startedAt: Option.none(),
    attemptId: Option.none(),
    error: Option.none()
  }
  const inTheWay: ReadonlyArray<readonly [JobState, JobEvent]> = [
    ["Processing", JobEvent.Failed({ message: "boom" })],
    ["Completing", JobEvent.ResultRefused({ message: "boom" })]
  ]

  it.each(inTheWay)("%s: a failure is counted and tried again, four times", (state, event) => {
    for (const failures of [0, 1, 2, 3]) {
      const next = go(aJobIn(state, { failures }), event)
      expect(next.job).toMatchObject({ ...nothingOfTheTry, failures: failures + 1 })
      expect(next.forChildren).toEqual(Option.none())
    }
  })

  it.each(inTheWay)("%s: the fifth failure is final, with its message and without the token", (state, event) => {
    const before = aJobIn(state, { failures: 4 })
    const { job } = go(before, event)
    expect(job).toMatchObject({
      state: "Errored",
      failures: 5,
      error: Option.some("boom (runner gpu-1, version 0.4.0)"),
      jobTokenHash: Option.none(),
      finishedAt: Option.some(now),
      runnerId: before.runnerId,
      progress: before.progress
    })
  })

  it.each([
    ["Processing", JobEvent.Failed({ message: "boom" })],
    ["Completing", JobEvent.ResultRefused({ message: "boom" })],
    ["Processing", JobEvent.Aborted({ stalled: false, message: "boom" })],
    ["Processing", JobEvent.Aborted({ stalled: true, message: "boom" })]
  ] as const)("a job that cannot be aborted ends at once: %s, %o", (state, event) => {
    const { job } = go(aJobIn(state), event, { ...rules, abortable: false })
    expect(job).toMatchObject({
      state: "Errored",
      error: Option.some("boom (runner gpu-1, version 0.4.0)"),
      failures: 1
    })
  })

  it("a runner that stops in good order costs nothing, however often", () => {
    const job = aJobIn("Processing", { failures: 4, stalls: 2 })
    const next = go(job, JobEvent.Aborted({ stalled: false, message: "Runner stopped" })).job
    expect(next).toMatchObject({ ...nothingOfTheTry, failures: 4, stalls: 2 })
  })

  it("falling silent counts as a failure from the third time on, and then ends the job", () => {
    const silent = JobEvent.Aborted({ stalled: true, message: "the runner fell silent" })
    const counts: Array<readonly [JobState, number, number]> = []
    let job = aJobIn("Processing")
    while (job.state === "Processing") {
      const next = go(job, silent).job
      counts.push([next.state, next.stalls, next.failures])
      job = next.state === "Pending" ? go(next, JobEvent.Accepted(acceptance)).job : next
    }
    expect(counts).toEqual([
      ["Pending", 1, 0],
      ["Pending", 2, 0],
      ["Pending", 3, 1],
      ["Pending", 4, 2],
      ["Pending", 5, 3],
      ["Pending", 6, 4],
      ["Errored", 7, 5]
    ])
    expect(job.error).toEqual(Option.some("the runner fell silent (runner gpu-1, version 0.4.0)"))
  })
})

describe("the record of tries", () => {
  const outcomeOf = (state: JobState, event: JobEvent) => {
    const end = go(aJobIn(state), event).job.attempts[0]?.end ?? Option.none()
    return Option.getOrUndefined(Option.map(end, ({ message, outcome }) => [outcome, Option.getOrUndefined(message)]))
  }

  it.each([
    ["Completing", JobEvent.ResultStored(), ["completed", undefined]],
    ["Completing", JobEvent.ResultRefused({ message: "boom" }), ["refused", "boom"]],
    ["Completing", JobEvent.StoringInterrupted({ message: "boom" }), ["interrupted", "boom"]],
    ["Processing", JobEvent.Failed({ message: "boom" }), ["failed", "boom"]],
    ["Processing", JobEvent.Aborted({ stalled: true, message: "boom" }), ["stalled", "boom"]],
    ["Processing", JobEvent.Aborted({ stalled: false, message: "boom" }), ["aborted", "boom"]],
    ["Processing", JobEvent.Cancelled(), ["cancelled", undefined]]
  ] as const)("%s, %o: %o", (state, event, outcome) => {
    expect(outcomeOf(state, event)).toEqual(outcome)
  })

  it("has the fault of a refused result, and no such field without one", () => {
    const endAfter = (event: JobEvent) =>
      Option.getOrThrow(go(aJobIn("Completing"), event).job.attempts[0]?.end ?? Option.none())
    const fault = { duration: 58 }
    expect(endAfter(JobEvent.ResultRefused({ message: "boom", fault })).fault).toEqual(fault)
    expect(endAfter(JobEvent.ResultRefused({ message: "boom" }))).not.toHaveProperty("fault")
  })

  it("forgets the oldest of a job that is taken and given back over and over", () => {
    const nameOf = (index: number) => `runner-${index}`
    const round = (job: RunnerJob, index: number) => {
      const taken = go(job, JobEvent.Accepted({ ...acceptance, runner: nameOf(index) })).job
      return go(taken, JobEvent.Aborted({ stalled: false, message: "not now" })).job
    }
    const names = Arr.reduce(Arr.range(1, 60), aJobIn("Pending", { attempts: [] }), round).attempts.map((_) => _.runner)
    expect(names).toEqual(Arr.range(60 - ATTEMPTS_KEPT + 1, 60).map(nameOf))
  })

  it("a job taken up again keeps the record, and nothing else of what it was", () => {
    const failed = aJobIn("Errored", { failures: 5, stalls: 2, attempts: aJobIn("Processing").attempts })
    expect(go(failed, JobEvent.Retried({ waits: false })).job).toMatchObject({
      state: "Pending",
      failures: 0,
      stalls: 0,
      error: Option.none(),
      finishedAt: Option.none(),
      attempts: failed.attempts
    })
    expect(go(failed, JobEvent.Retried({ waits: true })).job.state).toBe("WaitingForParent")
  })

  it.each(["Errored", "Cancelled"] as const)("what cannot be given up is not taken up again when it is %s", (state) => {
    const outcome = step(aJobIn(state), JobEvent.Retried({ waits: false }), { ...rules, abortable: false }, now)
    expect(Either.isLeft(outcome)).toBe(true)
  })
})
