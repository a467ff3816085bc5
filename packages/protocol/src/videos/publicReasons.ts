import type { RunnerJob } from "@runner-connector/core"
import { Array as Arr, Option } from "effect"

const byState: Readonly<Record<string, string>> = {
  ParentErrored: "A job that this one depends on has failed.",
  ParentCancelled: "A job that this one depends on was cancelled."
}

const byOutcome: Readonly<Record<string, string>> = {
  failed: "The runner reported an error.",
  refused: "The result of the runner was not usable.",
  stalled: "The runner stopped responding.",
  aborted: "The runner gave the job back.",
  cancelled: "An administrator cancelled the job."
}

/** The reason of every live that ended with an error. */
export const LIVE_FAILED = "The live ended because of an error."

/**
 * Why the job failed, for clients that are no administrators. The messages of runners contain FFmpeg's log, with paths and
 * addresses of their machines. None when there is no error.
 */
export const reasonOf = ({ attempts, error, state }: RunnerJob.RunnerJob): Option.Option<string> =>
  Option.map(error, () => {
    const outcome = Option.flatMap(Arr.last(attempts), ({ end }) => Option.map(end, (ended) => ended.outcome))
    return byState[state] ?? byOutcome[Option.getOrElse(outcome, () => "")] ?? "The job failed."
  })
