import { Either, Option } from "effect"
import { JobEvent, type JobRules, step, type Transition } from "../../../src/domain/job/JobMachine.ts"
import type { ReceivedResult } from "../../../src/domain/job/ReceivedResult.ts"
import { pauseBefore } from "../../../src/domain/job/RetrySchedule.ts"
import { JobState, type RunnerJob } from "../../../src/domain/job/RunnerJob.ts"
import { acceptance, aJobIn, now } from "../fixtures.ts"

/** A result with one file. */
export const received: ReceivedResult = {
  fields: {},
  files: { videoFile: { path: "/spool/1/1", filename: null, contentType: "video/mp4", size: 7 } }
}

/** One event of each kind. */
export const allEvents: ReadonlyArray<JobEvent> = [
  JobEvent.Accepted(acceptance),
  JobEvent.Progressed({ progress: Option.some(50) }),
  JobEvent.ResultReceived({ received }),
  JobEvent.StoringResumed(),
  JobEvent.StoringInterrupted({ message: "boom" }),
  JobEvent.ResultStored(),
  JobEvent.ResultRefused({ message: "boom" }),
  JobEvent.Failed({ message: "boom" }),
  JobEvent.Aborted({ stalled: false, message: "boom" }),
  JobEvent.Cancelled(),
  JobEvent.Retried({ waits: false }),
  JobEvent.ParentCompleted(),
  JobEvent.ParentErrored(),
  JobEvent.ParentCancelled(),
  JobEvent.ParentRetried()
]

export const allStates: ReadonlyArray<JobState> = JobState.literals

export const rules: JobRules = {
  abortable: true,
  maxFailures: 5,
  maxStalls: 3,
  maxInterruptions: 10,
  pauseAfter: pauseBefore
}

const situations: ReadonlyArray<readonly [rules: JobRules, failures: number]> = [
  [rules, 0],
  [rules, rules.maxFailures - 1],
  [{ ...rules, abortable: false }, 0]
]

/** The states that the event can lead to, or nothing where it is refused. */
const outcomes = (state: JobState, event: JobEvent): ReadonlyArray<JobState> => {
  const next = situations.flatMap(([given, failures]) =>
    Either.match(step(aJobIn(state, { failures }), event, given, now), {
      onLeft: () => [],
      onRight: ({ job }) => [job.state]
    })
  )
  return [...new Set(next)]
}

/** The whole table as markdown, asked of the machine itself, its columns as wide as the formatter makes them. */
export const jobStateTable = (): string => {
  const rows = [
    ["", ...allStates],
    ...allEvents.map((event) => [
      `**${event._tag}**`,
      ...allStates.map((state) => outcomes(state, event).join(" or ") || "–")
    ])
  ]
  const widths = ["", ...allStates].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
  const [header = "", ...body] = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))))
  return [header, line(widths.map((width) => "-".repeat(width))), ...body].join("\n")
}

/** The transition. Fails the test when the event is refused. */
export const go = (job: RunnerJob, event: JobEvent, given: JobRules = rules): Transition =>
  Either.getOrThrow(step(job, event, given, now))
