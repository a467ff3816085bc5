import { DateTime } from "effect"
import { LEVEL } from "./JobsOfVideo.ts"
import type { RunnerJob } from "./RunnerJob.ts"

const MINUTE = 60_000

/** The milliseconds of waiting that equal one level of priority. */
const LEVEL_WAIT = 24 * 60 * MINUTE

/** The priority of the first rendition of a video. Up to there, each step is worth a minute. */
const FIRST = 100

/** The step after the first rendition is worth almost an hour, and each further one less. */
const CURVE = 24

/**
 * The milliseconds of waiting that equal a priority within a level: less than a level, and more for each further step.
 */
const stepWait = (own: number): number => {
  const beyond = Math.max(0, own - FIRST)
  const before = Math.min(own, FIRST) * MINUTE
  return before + (LEVEL_WAIT - FIRST * MINUTE) * (beyond / (beyond + CURVE))
}

/**
 * When the turn of a job comes, in milliseconds since the epoch: the earliest of the jobs of a tenant is the first. A job
 * of a lower priority comes before jobs of a higher one that were created so much later: a level of priority is worth a day,
 * and the second rendition of a video comes before first renditions that were created an hour later. So all jobs age
 * alike, none starves, and the order of two jobs never changes by itself.
 */
export const dueOf = ({ createdAt, priority }: Pick<RunnerJob, "createdAt" | "priority">): number => {
  const level = Math.floor(priority / LEVEL)
  return DateTime.toEpochMillis(createdAt) + Math.round(level * LEVEL_WAIT + stepWait(priority - level * LEVEL))
}
