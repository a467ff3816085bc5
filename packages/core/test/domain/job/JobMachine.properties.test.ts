import { describe, expect, it } from "@effect/vitest"
import { Either, Equal, FastCheck as fc, Option } from "effect"
import { JobEvent, type JobRules, step } from "../../../src/domain/job/JobMachine.ts"
import { pauseBefore } from "../../../src/domain/job/RetrySchedule.ts"
import { isTerminal, type JobState, type RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { aJobIn, now } from "../fixtures.ts"
import { allEvents, allStates } from "./jobStateTable.ts"

const anEvent = fc.oneof(
  fc.constantFrom(...allEvents),
  fc.record({ stalled: fc.boolean(), message: fc.string() }).map((fields) => JobEvent.Aborted(fields)),
  fc.option(fc.integer({ min: 0, max: 100 })).map((n) => JobEvent.Progressed({ progress: Option.fromNullable(n) }))
)
const someRules = fc.record({
  abortable: fc.boolean(),
  maxFailures: fc.integer({ min: 1, max: 6 }),
  maxStalls: fc.integer({ min: 1, max: 4 }),
  maxInterruptions: fc.integer({ min: 1, max: 4 }),
  pauseAfter: fc.constant(pauseBefore)
})
const aLife = fc.record({
  start: fc.constantFrom("Pending" as const, "WaitingForParent" as const),
  events: fc.array(anEvent, { maxLength: 60 }),
  given: someRules
})

const isRetry = ({ _tag }: JobEvent): boolean => _tag === "Retried" || _tag === "ParentRetried"

/** The job after each event that was not refused, beginning with itself. */
const live = (start: JobState, events: ReadonlyArray<JobEvent>, given: JobRules): ReadonlyArray<RunnerJob> => {
  let job = aJobIn(start)
  const jobs = [job]
  for (const event of events) {
    const next = step(job, event, given, now)
    if (Either.isLeft(next)) continue
    job = next.right.job
    jobs.push(job)
  }
  return jobs
}

const holds = (property: (previous: RunnerJob, next: RunnerJob, given: JobRules) => boolean): void =>
  fc.assert(
    fc.property(aLife, ({ events, given, start }) => {
      const jobs = live(start, events, given)
      return jobs.slice(1).every((job, index) => property(jobs[index] ?? job, job, given))
    })
  )

describe("in every life of a job", () => {
  it("an ended job never moves unless somebody takes it up again", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allStates), anEvent, someRules, (state, event, given) => {
        const job = aJobIn(state)
        return !isTerminal(job) || isRetry(event) || Either.isLeft(step(job, event, given, now))
      })
    )
  })

  it("a token is there exactly while Processing, Completing and Completed", () => {
    const withToken: ReadonlyArray<JobState> = ["Processing", "Completing", "Completed"]
    holds((_, job) => Option.isSome(job.jobTokenHash) === withToken.includes(job.state))
  })

  it("failures, stalls and interruptions rise by one at most, and fall only when an ended job is taken up again", () => {
    const rises = (a: number, b: number): boolean => b === a || b === a + 1
    holds(
      (previous, job) =>
        (isTerminal(previous) && job.failures === 0 && job.stalls === 0 && job.interruptions === 0) ||
        (rises(previous.failures, job.failures) &&
          rises(previous.stalls, job.stalls) &&
          rises(previous.interruptions, job.interruptions))
    )
  })

  it("no job is tried again after its last failure", () => {
    holds((_, job, given) => job.failures < given.maxFailures || isTerminal(job))
  })

  it("the revision, and what the job is, are not touched", () => {
    holds(
      (previous, job) =>
        previous.revision === job.revision &&
        previous.id === job.id &&
        previous.payload === job.payload &&
        previous.createdAt === job.createdAt &&
        Equal.equals(previous.parentId, job.parentId)
    )
  })

  it("it is finished exactly when it has ended, and every move is a sign of life", () => {
    holds((_, job) => Option.isSome(job.finishedAt) === isTerminal(job) && job.updatedAt === now)
  })

  it("the input is left alone", () => {
    fc.assert(
      fc.property(fc.constantFrom(...allStates), anEvent, someRules, (state, event, given) => {
        const job = aJobIn(state)
        step(job, event, given, now)
        expect(job).toEqual(aJobIn(state))
      })
    )
  })
})
