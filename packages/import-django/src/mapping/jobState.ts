import type { RunnerJob } from "@runner-connector/core"
import type { JobRow } from "../database/tables.ts"

type State = RunnerJob.JobState

const states: ReadonlyArray<State | undefined> = [
  undefined,
  "Pending",
  "Processing",
  "Completed",
  "Errored",
  "WaitingForParent",
  "Cancelled",
  "ParentErrored",
  "ParentCancelled",
  "Completing"
]

/** A state and, where it is not the one of the row, the reason. */
export interface Decided {
  readonly state: State
  readonly reason?: string
}

const held = (
  { processingJobToken, runner_id, state }: JobRow,
  isKnown: (runner: string) => boolean
): Decided | string => {
  const own = states[state]
  if (own === undefined) return `its state ${state} is unknown`
  if (own !== "Processing" && own !== "Completing") return { state: own }
  if (processingJobToken === null || runner_id === null || !isKnown(runner_id)) {
    return { state: "Pending", reason: "no runner holds it, so it is Pending again" }
  }
  return { state: own }
}

/** The state of a job whose parent is in this state. */
const afterParent = (parent: State | undefined): Decided => {
  if (parent === undefined)
    return { state: "Pending", reason: "the job that it waited for is not there, so it is Pending" }
  if (parent === "Completed")
    return { state: "Pending", reason: "the job that it waited for is Completed, so it is Pending" }
  if (parent === "Errored" || parent === "ParentErrored") {
    return { state: "ParentErrored", reason: "the job that it waited for has failed" }
  }
  if (parent === "Cancelled" || parent === "ParentCancelled") {
    return { state: "ParentCancelled", reason: "the job that it waited for was cancelled" }
  }
  return { state: "WaitingForParent" }
}

/**
 * The states of the jobs of one video by row id. A text says why a job has none. Jobs that would stay for ever are corrected:
 * those in hand without a runner or a token, and those that wait for a job that has ended, is missing or waits for them.
 */
export const statesOf = (
  rows: ReadonlyArray<JobRow>,
  isKnown: (runner: string) => boolean
): ReadonlyMap<string, Decided | string> => {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const decided = new Map<string, Decided | string>()
  const decide = (row: JobRow, above: ReadonlySet<string>): Decided | string => {
    const known = decided.get(row.id)
    if (known !== undefined) return known
    const found = wait(row, above)
    // Kept at once: in a ring of jobs only the first one found must become Pending.
    decided.set(row.id, found)
    return found
  }
  const wait = (row: JobRow, above: ReadonlySet<string>): Decided | string => {
    const own = held(row, isKnown)
    if (typeof own === "string" || own.state !== "WaitingForParent") return own
    const parent = row.dependsOnRunnerJob_id === null ? undefined : byId.get(row.dependsOnRunnerJob_id)
    return afterParent(
      parent === undefined || above.has(parent.id) ? undefined : stateIn(decide(parent, new Set([...above, parent.id])))
    )
  }
  for (const row of rows) decide(row, new Set([row.id]))
  return decided
}

const stateIn = (found: Decided | string): State | undefined => (typeof found === "string" ? undefined : found.state)
