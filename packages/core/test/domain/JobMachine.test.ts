import { describe, expect, it } from "@effect/vitest"
import { Either, Option } from "effect"
import { JobEvent, type JobRules, step, type Transition } from "../../src/domain/JobMachine.ts"
import type { JobState, RunnerJob } from "../../src/domain/RunnerJob.ts"
import { aJobIn, now, resultId, runnerId, tokenHash } from "./fixtures.ts"
import { allEvents, allStates, rules } from "./jobStateTable.ts"

/** What an event makes of an abortable job that never failed; whatever is not said here is refused. */
const expected: Record<JobEvent["_tag"], Partial<Record<JobState, JobState>>> = {
  Accepted: { Pending: "Processing" },
  Progressed: { Processing: "Processing" },
  ResultReceived: { Processing: "Completing" },
  ResultStored: { Completing: "Completed" },
  ResultRefused: { Completing: "Pending" },
  Failed: { Processing: "Pending" },
  Aborted: { Processing: "Pending", Completing: "Pending" },
  Cancelled: { Pending: "Cancelled", Processing: "Cancelled", WaitingForParent: "Cancelled" },
  ParentCompleted: { WaitingForParent: "Pending" },
  ParentErrored: { Pending: "ParentErrored", Processing: "ParentErrored", WaitingForParent: "ParentErrored" },
  ParentCancelled: { Pending: "ParentCancelled", Processing: "ParentCancelled", WaitingForParent: "ParentCancelled" }
}

const forChildren: Partial<Record<JobState, JobEvent["_tag"]>> = {
  Completed: "ParentCompleted",
  Errored: "ParentErrored",
  ParentErrored: "ParentErrored",
  Cancelled: "ParentCancelled",
  ParentCancelled: "ParentCancelled"
}

const go = (job: RunnerJob, event: JobEvent, given: JobRules = rules): Transition =>
  Either.getOrThrow(step(job, event, given, now))

const rows = allStates.flatMap((state) => allEvents.map((event) => ({ state, event, name: event._tag })))

describe("the table of job states", () => {
  it("has a row for each of 9 states and 11 events", () => {
    expect(new Set(rows.map(({ name, state }) => `${state} ${name}`)).size).toBe(99)
  })

  it.each(rows)("$state, $name", ({ event, state }) => {
    const result = step(aJobIn(state), event, rules, now)
    const next = expected[event._tag][state]
    if (next === undefined) {
      expect(Either.isLeft(result) && result.left).toMatchObject({ _tag: "WrongJobState", event: event._tag, state })
    } else {
      const transition = Either.getOrThrow(result)
      expect(transition.job.state).toBe(next)
      expect(Option.getOrUndefined(transition.forChildren)?._tag).toBe(forChildren[next])
      expect(transition.job.updatedAt).toBe(now)
    }
  })
})

describe("accepting and working", () => {
  it("gives the job to the runner under the token of this try", () => {
    const { job } = go(aJobIn("Pending"), JobEvent.Accepted({ runnerId, jobTokenHash: tokenHash }))
    expect(job).toMatchObject({
      runnerId: Option.some(runnerId),
      jobTokenHash: Option.some(tokenHash),
      startedAt: Option.some(now)
    })
  })

  it("keeps the last percentage when the runner sends none", () => {
    const job = aJobIn("Processing", { progress: Option.some(40) })
    expect(go(job, JobEvent.Progressed({ progress: Option.none() })).job.progress).toEqual(Option.some(40))
    expect(go(job, JobEvent.Progressed({ progress: Option.some(41) })).job.progress).toEqual(Option.some(41))
  })

  it("keeps who did it when the job is completed, and forgets the percentage", () => {
    const { job } = go(aJobIn("Completing"), JobEvent.ResultStored())
    expect(job).toMatchObject({
      progress: Option.none(),
      finishedAt: Option.some(now),
      jobTokenHash: Option.some(tokenHash),
      runnerId: Option.some(runnerId),
      resultId: Option.some(resultId)
    })
  })
})

describe("failing", () => {
  const nothingOfTheTry = {
    state: "Pending",
    jobTokenHash: Option.none(),
    runnerId: Option.none(),
    progress: Option.none(),
    startedAt: Option.none(),
    resultId: Option.none(),
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
      error: Option.some("boom"),
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
    expect(job).toMatchObject({ state: "Errored", error: Option.some("boom"), failures: 1 })
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
      job = next.state === "Pending" ? go(next, JobEvent.Accepted({ runnerId, jobTokenHash: tokenHash })).job : next
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
    expect(job.error).toEqual(Option.some("the runner fell silent"))
  })
})

describe("ending with a parent", () => {
  it("says that the parent failed", () => {
    expect(go(aJobIn("WaitingForParent"), JobEvent.ParentErrored()).job.error).toEqual(Option.some("parent error"))
  })

  it("cancelling sets no error and keeps who held the job", () => {
    const { job } = go(aJobIn("Processing"), JobEvent.Cancelled())
    expect(job).toMatchObject({
      error: Option.none(),
      jobTokenHash: Option.none(),
      runnerId: Option.some(runnerId),
      progress: Option.some(40),
      finishedAt: Option.some(now)
    })
  })
})
