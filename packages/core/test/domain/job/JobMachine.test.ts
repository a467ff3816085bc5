import { describe, expect, it } from "@effect/vitest"
import { DateTime, Either, Option } from "effect"
import { JobEvent, step } from "../../../src/domain/job/JobMachine.ts"
import type { JobState } from "../../../src/domain/job/RunnerJob.ts"
import { acceptance, aJobIn, attemptId, before, now, runnerId, tokenHash } from "../fixtures.ts"
import { allEvents, allStates, go, received, rules } from "./jobStateTable.ts"

/** The state of an abortable job without failures after each event. Every other event is refused. */
const expected: Record<JobEvent["_tag"], Partial<Record<JobState, JobState>>> = {
  Accepted: { Pending: "Processing" },
  Progressed: { Processing: "Processing" },
  ResultReceived: { Processing: "Completing" },
  StoringResumed: { Completing: "Completing" },
  StoringInterrupted: { Completing: "Pending" },
  ResultStored: { Completing: "Completed" },
  ResultRefused: { Completing: "Pending" },
  Failed: { Processing: "Pending" },
  Aborted: { Processing: "Pending", Completing: "Pending" },
  Retried: { Errored: "Pending", Cancelled: "Pending" },
  Cancelled: { Pending: "Cancelled", Processing: "Cancelled", WaitingForParent: "Cancelled" },
  ParentCompleted: { WaitingForParent: "Pending" },
  ParentErrored: { Pending: "ParentErrored", Processing: "ParentErrored", WaitingForParent: "ParentErrored" },
  ParentCancelled: { Pending: "ParentCancelled", Processing: "ParentCancelled", WaitingForParent: "ParentCancelled" },
  ParentRetried: { ParentErrored: "WaitingForParent", ParentCancelled: "WaitingForParent" }
}

const forChildren: Partial<Record<JobState, JobEvent["_tag"]>> = {
  Completed: "ParentCompleted",
  Errored: "ParentErrored",
  ParentErrored: "ParentErrored",
  Cancelled: "ParentCancelled",
  ParentCancelled: "ParentCancelled"
}

const rows = allStates.flatMap((state) => allEvents.map((event) => ({ state, event, name: event._tag })))

describe("the table of job states", () => {
  it("has a row for each of 9 states and 15 events", () => {
    expect(new Set(rows.map(({ name, state }) => `${state} ${name}`)).size).toBe(135)
  })

  it.each(rows)("$state, $name", ({ event, state }) => {
    const result = step(aJobIn(state), event, rules, now)
    const next = expected[event._tag][state]
    if (next === undefined) {
      expect(Either.isLeft(result) && result.left).toMatchObject({ _tag: "WrongJobState", event: event._tag, state })
    } else {
      const transition = Either.getOrThrow(result)
      expect(transition.job.state).toBe(next)
      const retry = event._tag === "Retried" || event._tag === "ParentRetried" ? "ParentRetried" : undefined
      expect(Option.getOrUndefined(transition.forChildren)?._tag).toBe(retry ?? forChildren[next])
      expect(transition.job.updatedAt).toBe(now)
    }
  })
})

describe("accepting and working", () => {
  it("gives the job to the runner under the token of this try", () => {
    const { job } = go(aJobIn("Pending"), JobEvent.Accepted(acceptance))
    expect(job).toMatchObject({
      runnerId: Option.some(runnerId),
      jobTokenHash: Option.some(tokenHash),
      attemptId: Option.some(attemptId),
      startedAt: Option.some(now),
      attempts: [{ runner: "gpu-1", version: Option.some("0.4.0"), startedAt: now, end: Option.none() }]
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
      attemptId: Option.some(attemptId)
    })
  })
})

describe("storing a result", () => {
  it("keeps the received result until storing has ended", () => {
    const completing = go(aJobIn("Processing"), JobEvent.ResultReceived({ received })).job
    expect(completing.received).toEqual(Option.some(received))
    expect(go(completing, JobEvent.StoringResumed()).job).toMatchObject({
      state: "Completing",
      received: Option.some(received),
      interruptions: 1,
      failures: 0,
      attemptId: completing.attemptId
    })
    for (const end of [
      JobEvent.ResultStored(),
      JobEvent.ResultRefused({ message: "boom" }),
      JobEvent.StoringInterrupted({ message: "boom" }),
      JobEvent.Aborted({ stalled: false, message: "boom" })
    ]) {
      expect(go(completing, end).job.received).toEqual(Option.none())
    }
  })

  it("counts deaths of servers apart from failures, and as failures from the tenth on", () => {
    const death = JobEvent.StoringInterrupted({ message: "boom" })
    for (const interruptions of [0, 5, 8]) {
      expect(go(aJobIn("Completing", { interruptions }), death).job).toMatchObject({
        state: "Pending",
        interruptions: interruptions + 1,
        failures: 0
      })
    }
    const last = go(aJobIn("Completing", { interruptions: 9 }), death).job
    expect(last).toMatchObject({ state: "Pending", interruptions: 10, failures: 1 })
  })
})

describe("progress", () => {
  const progressedAt = Option.some(before)

  it("has moved when the runner accepts the job and when it reports another percentage", () => {
    expect(go(aJobIn("Pending"), JobEvent.Accepted(acceptance)).job.progressedAt).toEqual(Option.some(now))
    const job = aJobIn("Processing", { progress: Option.some(40), progressedAt })
    const report = (progress: Option.Option<number>) => go(job, JobEvent.Progressed({ progress })).job.progressedAt
    expect(report(Option.some(41))).toEqual(Option.some(now))
    expect(report(Option.some(40))).toEqual(progressedAt)
    expect(report(Option.none())).toEqual(progressedAt)
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

describe("resting", () => {
  const rest = (failures: number) => go(aJobIn("Processing", { failures }), JobEvent.Failed({ message: "boom" })).job

  it("the first retry is at once, later ones after growing pauses", () => {
    const pauses = [0, 1, 2, 3].map((failures) =>
      Option.map(rest(failures).notBefore, (at) => DateTime.distance(now, at))
    )
    expect(pauses).toEqual([Option.none(), Option.some(30_000), Option.some(120_000), Option.some(480_000)])
  })

  it("accepting the job ends its backoff", () => {
    expect(go(rest(2), JobEvent.Accepted(acceptance)).job.notBefore).toEqual(Option.none())
  })
})
