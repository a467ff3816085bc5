import { Option } from "effect"
import { isTerminal, type RunnerJob } from "../job/RunnerJob.ts"

const done = (job: RunnerJob): number => {
  if (isTerminal(job) || job.state === "Completing") return 100
  return Option.getOrElse(job.progress, () => 0)
}

/**
 * The progress of a video, 0 to 100 in whole numbers. Every awaited job has the same weight. An ended job counts as
 * done, whatever the outcome. 100 only when all have ended.
 */
export const ofJobs = (all: ReadonlyArray<RunnerJob>): number => {
  const jobs = all.filter((job) => job.awaited)
  if (jobs.length === 0 || jobs.every(isTerminal)) return 100
  const mean = jobs.reduce((sum, job) => sum + done(job), 0) / jobs.length
  return Math.min(99, Math.floor(mean))
}
