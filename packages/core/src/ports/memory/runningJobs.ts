import { Array as Arr, Option } from "effect"
import type { RunningJobs } from "../../domain/job/ConcurrencyLimits.ts"
import type { MemoryState } from "./MemoryState.ts"

/** The jobs that runners process. */
export const runningJobs = ({ jobs }: Pick<MemoryState, "jobs">): ReadonlyArray<RunningJobs> => {
  const running = Array.from(jobs.values()).filter((job) => job.state === "Processing")
  const groups = Arr.groupBy(running, ({ labels, tenant }) => JSON.stringify([Option.getOrNull(tenant), labels]))
  return Object.values(groups).map(([{ labels, tenant }, ...others]) => ({ labels, tenant, jobs: 1 + others.length }))
}
