import { Option, Schema } from "effect"
import { isTerminal, type RunnerJob } from "../job/RunnerJob.ts"

const done = (job: RunnerJob): number => {
  if (isTerminal(job) || job.state === "Completing") return 100
  return Option.getOrElse(job.progress, () => 0)
}

const Share = Schema.Struct({ share: Schema.Number })

/** The share of a job in its rendition: 1, unless it makes one chunk. */
export const shareOf = ({ privatePayload, renditionId }: RunnerJob): number =>
  Option.isNone(renditionId)
    ? 1
    : Option.match(Schema.decodeUnknownOption(Share)(privatePayload), { onNone: () => 0, onSome: ({ share }) => share })

/** The result of the jobs: a file, or a rendition of which each job makes a chunk. */
const wholeOf = (jobs: ReadonlyArray<RunnerJob>): number =>
  jobs.filter(({ renditionId }) => Option.isNone(renditionId)).length +
  new Set(jobs.flatMap(({ renditionId }) => Option.toArray(renditionId))).size

/**
 * The progress of a video, 0 to 100 in whole numbers. Every awaited job has the same weight, and so has a rendition that is
 * made in chunks. An ended job counts as done, whatever the outcome. 100 only when all have ended, and no job follows because the
 * source is still being cut.
 */
export const ofJobs = (all: ReadonlyArray<RunnerJob>, isCutting = false): number => {
  const jobs = all.filter((job) => job.awaited)
  if (jobs.length === 0) return isCutting ? 0 : 100
  if (!isCutting && jobs.every(isTerminal)) return 100
  const sum = jobs.reduce((total, job) => total + done(job) * shareOf(job), 0)
  return Math.min(99, Math.floor(sum / wholeOf(jobs)))
}
