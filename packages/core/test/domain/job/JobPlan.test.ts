import { describe, expect, it } from "@effect/vitest"
import { Either, Option } from "effect"
import { JobEvent } from "../../../src/domain/job/JobMachine.ts"
import { plan } from "../../../src/domain/job/JobPlan.ts"
import type { JobState, RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { demandOf } from "../../../src/domain/runner/RunnerDemand.ts"
import { aJobIn, jobId, now } from "../fixtures.ts"
import { rules } from "./jobStateTable.ts"

const job = (n: number, state: JobState, parent?: number, over: Partial<RunnerJob> = {}): RunnerJob =>
  aJobIn(state, { id: jobId(n), parentId: Option.map(Option.fromNullable(parent), jobId), ...over })

const run = (family: readonly [RunnerJob, ...Array<RunnerJob>], event: JobEvent) => {
  const { changed } = Either.getOrThrow(plan(family, event, () => rules, now))
  return {
    states: Object.fromEntries(changed.map(({ id, state }) => [Number(id.slice(-3)), state])),
    offered: demandOf(changed).reduce((sum, { jobs }) => sum + jobs, 0),
    changed
  }
}

describe("plan", () => {
  it("frees the children that wait, and only those, when the parent is completed", () => {
    const family = [
      job(1, "Completing"),
      job(2, "WaitingForParent", 1),
      job(3, "Cancelled", 1),
      job(4, "WaitingForParent", 2)
    ] as const
    const { offered, states } = run([...family], JobEvent.ResultStored())
    expect(states).toEqual({ 1: "Completed", 2: "Pending" })
    expect(offered).toBe(1)
  })

  it("ends all descendants with the parent", () => {
    const family = [
      job(1, "Processing", undefined, { failures: 4 }),
      job(4, "WaitingForParent", 3),
      job(3, "WaitingForParent", 2),
      job(2, "WaitingForParent", 1)
    ] as const
    const { offered, states } = run([...family], JobEvent.Failed({ message: "boom" }))
    expect(states).toEqual({ 1: "Errored", 2: "ParentErrored", 3: "ParentErrored", 4: "ParentErrored" })
    expect(offered).toBe(0)
  })

  it("cancels all descendants with the parent, but not through one that has ended", () => {
    const family = [
      job(1, "Pending"),
      job(2, "WaitingForParent", 1),
      job(3, "WaitingForParent", 2),
      job(4, "Cancelled", 1),
      job(5, "ParentCancelled", 4)
    ] as const
    const { states } = run([...family], JobEvent.Cancelled())
    expect(states).toEqual({ 1: "Cancelled", 2: "ParentCancelled", 3: "ParentCancelled" })
  })

  it("lets the children wait on while a refused result is tried again", () => {
    const { changed, offered } = run(
      [job(1, "Completing"), job(2, "WaitingForParent", 1)],
      JobEvent.ResultRefused({ message: "boom" })
    )
    expect(changed.map(({ state }) => state)).toEqual(["Pending"])
    expect(offered).toBe(1)
  })

  it("ends the children when a refused result was the last try", () => {
    const { states } = run(
      [job(1, "Completing", undefined, { failures: 4 }), job(2, "WaitingForParent", 1)],
      JobEvent.ResultRefused({ message: "boom" })
    )
    expect(states).toEqual({ 1: "Errored", 2: "ParentErrored" })
  })

  it("puts the job itself first", () => {
    const { changed } = run([job(1, "Completing"), job(2, "WaitingForParent", 1)], JobEvent.ResultStored())
    expect(changed[0].id).toBe(jobId(1))
  })

  it("does not call runners when there is nothing new to take", () => {
    expect(run([job(1, "Processing")], JobEvent.Progressed({ progress: Option.some(1) })).offered).toBe(0)
  })

  it("says why not", () => {
    const result = plan([job(1, "Completed")], JobEvent.Cancelled(), () => rules, now)
    expect(Either.isLeft(result) && result.left.message).toBe("Cancelled cannot happen to a job that is Completed")
  })

  it("ends even on rows that wait for each other", () => {
    const { states } = run([job(1, "WaitingForParent", 2), job(2, "WaitingForParent", 1)], JobEvent.Cancelled())
    expect(states).toEqual({ 1: "Cancelled", 2: "ParentCancelled" })
  })

  it("asks the rules of each job's own type", () => {
    const family = [job(1, "Processing", undefined, { type: "live" }), job(2, "WaitingForParent", 1)] as const
    const live = plan(
      [...family],
      JobEvent.Failed({ message: "x" }),
      (_) => ({ ...rules, abortable: _.type !== "live" }),
      now
    )
    expect(Either.getOrThrow(live).changed.map(({ state }) => state)).toEqual(["Errored", "ParentErrored"])
  })
})
