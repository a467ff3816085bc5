import { assert, describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Option } from "effect"
import { jobEvents, statesBefore } from "../../../src/domain/event/jobEvents.ts"
import type { AttemptOutcome } from "../../../src/domain/job/JobAttempt.ts"
import { JobState, type RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { aJobIn, before, now } from "../fixtures.ts"

const typesOf = (state: JobState | undefined, after: RunnerJob) =>
  jobEvents({ before: state, after }).map(({ type }) => type)

/** A job after an attempt that ended this way. */
const ended = (state: JobState, outcome: AttemptOutcome, over: Partial<RunnerJob> = {}) => {
  const end = Option.some({ at: now, outcome, message: Option.some("no space left"), fault: Option.none() })
  const attempt = { runner: "gpu-1", version: Option.none(), startedAt: before, end }
  return aJobIn(state, { attempts: [attempt as never], ...over })
}

describe("the events of a written job", () => {
  it("name the state that it entered", () => {
    for (const [from, to, types] of [
      [undefined, "Pending", ["job.pending"]],
      [undefined, "WaitingForParent", []],
      [undefined, "Processing", ["job.accepted"]],
      // Imported jobs that ended elsewhere are no news.
      [undefined, "Completed", []],
      [undefined, "Errored", []],
      [undefined, "Cancelled", []],
      ["WaitingForParent", "Pending", ["job.pending"]],
      ["Pending", "Processing", ["job.accepted"]],
      ["Processing", "Completing", []],
      ["Completing", "Completed", ["job.completed"]],
      ["Pending", "Cancelled", ["job.cancelled"]],
      ["WaitingForParent", "ParentCancelled", ["job.cancelled"]],
      ["Processing", "Errored", ["job.failed"]],
      ["WaitingForParent", "ParentErrored", ["job.failed"]],
      ["Processing", "Processing", []],
      ["Errored", "Errored", []]
    ] as const) {
      deepStrictEqual<ReadonlyArray<string>>(typesOf(from, aJobIn(to)), types, `${from} to ${to}`)
    }
  })

  it("carry the job, its runner, its video and the moment of the write", () => {
    const after = aJobIn("Processing", { updatedAt: now })
    const [event] = jobEvents({ before: "Pending", after })
    deepStrictEqual(event, {
      type: "job.accepted",
      occurredAt: now,
      videoId: after.videoId,
      jobId: Option.some(after.id),
      runnerId: after.runnerId,
      data: { type: after.type }
    })
  })
})

describe("the failure of an attempt", () => {
  it("is an event when a runner or a server caused it, before the one of the job", () => {
    for (const outcome of ["failed", "refused", "stalled", "interrupted"] as const) {
      for (const from of ["Processing", "Completing"] as const) {
        const after = ended("Pending", outcome)
        deepStrictEqual(typesOf(from, after), ["job.failed", "job.pending"])
        deepStrictEqual(jobEvents({ before: from, after })[0]?.data, {
          type: after.type,
          outcome,
          final: false,
          message: "no space left"
        })
      }
    }
  })

  it("is none when the job was given back, cancelled, or had failed before", () => {
    for (const outcome of ["aborted", "cancelled", "completed"] as const) {
      deepStrictEqual(typesOf("Processing", ended("Pending", outcome)), ["job.pending"])
    }
    deepStrictEqual(typesOf("Processing", ended("Cancelled", "failed")), ["job.cancelled"])
    deepStrictEqual(typesOf("WaitingForParent", ended("Pending", "failed")), ["job.pending"])
    deepStrictEqual(typesOf("Processing", aJobIn("Pending", { attempts: [] })), ["job.pending"])
  })

  it("is final when the job ends with it, with the error of the job", () => {
    const after = ended("Errored", "refused", { error: Option.some("the last error") })
    const [event, ...rest] = jobEvents({ before: "Completing", after })
    deepStrictEqual(event?.data, { type: after.type, outcome: "refused", final: true, message: "the last error" })
    assert.lengthOf(rest, 0)
    const silent = ended("Errored", "failed", { error: Option.none() })
    assert.deepInclude(jobEvents({ before: "Processing", after: silent })[0]?.data, { message: "no space left" })
  })

  it("has no outcome when no attempt ended with it", () => {
    for (const state of ["Errored", "ParentErrored"] as const) {
      const after = ended(state, "failed", { error: Option.none() })
      const [event] = jobEvents({ before: "Pending", after })
      deepStrictEqual(event?.data, { type: after.type, outcome: null, final: true, message: "" })
    }
  })
})

describe("the states before a write", () => {
  it("are in one group when they bring the same events", () => {
    for (const state of JobState.literals) {
      for (const outcome of ["failed", "aborted", "completed"] as const) {
        const after = ended(state, outcome)
        const groups = statesBefore(after)
        deepStrictEqual(new Set(groups.flat()), new Set(JobState.literals.filter((from) => from !== state)))
        for (const group of groups) {
          for (const from of group) {
            deepStrictEqual(
              jobEvents({ before: from, after }),
              jobEvents({ before: group[0], after }),
              `${from} to ${state}`
            )
          }
        }
      }
    }
    assert.lengthOf(statesBefore(aJobIn("Processing")), 1)
    assert.lengthOf(statesBefore(ended("Pending", "failed")), 2)
  })
})
