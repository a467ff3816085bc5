import { Array as Arr, Option } from "effect"
import { shareOf } from "../video/VideoProgress.ts"
import { isTerminal, type JobState, type RunnerJob } from "./RunnerJob.ts"

/** How far a rendition in chunks is. */
export interface ChunkProgress {
  /** The chunks that have a job. */
  readonly total: number
  readonly completed: number
  /** 0 to 100, by the lengths of the chunks. */
  readonly progress: number
}

/** A job as people see it: alone, or for all chunks of its rendition. */
export interface RenditionJob {
  /** The job that says most about the rendition: one that has failed, is being worked on, or waits. */
  readonly job: RunnerJob
  readonly chunks: Option.Option<ChunkProgress>
}

/** The state of the first of these that a chunk has is that of its rendition. */
const telling: ReadonlyArray<JobState> = [
  ...(["Errored", "Cancelled", "Processing", "Completing", "Pending", "WaitingForParent"] as const),
  ...(["ParentErrored", "ParentCancelled", "Completed"] as const)
]

const doneOf = (job: RunnerJob): number =>
  isTerminal(job) || job.state === "Completing" ? 100 : Option.getOrElse(job.progress, () => 0)

/** The progress of the chunks of one rendition. Chunks without a job yet count as not begun. */
export const chunkProgress = (chunks: ReadonlyArray<RunnerJob>): ChunkProgress => ({
  total: chunks.length,
  completed: chunks.filter(({ state }) => state === "Completed").length,
  progress: Math.min(100, Math.floor(chunks.reduce((sum, job) => sum + doneOf(job) * shareOf(job), 0) + 1e-6))
})

const rowOf = (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>): RenditionJob => {
  const [first] = jobs
  if (Option.isNone(first.renditionId)) return { job: first, chunks: Option.none() }
  const state = telling.find((wanted) => jobs.some((job) => job.state === wanted))
  return {
    job: jobs.find((job) => job.state === state) ?? first,
    chunks: Option.some(chunkProgress(jobs))
  }
}

/** 0 to 100, of chunks the progress of all of them. None if nothing is known yet. */
export const progressOf = ({ chunks, job }: RenditionJob): Option.Option<number> =>
  Option.match(chunks, {
    onNone: () => (job.state === "Completed" ? Option.some(100) : job.progress),
    onSome: ({ progress }) => Option.some(progress)
  })

/** The jobs with one entry for each rendition that is made in chunks, in the order of their first jobs. */
export const byRendition = (jobs: ReadonlyArray<RunnerJob>): ReadonlyArray<RenditionJob> =>
  Object.values(Arr.groupBy(jobs, ({ id, renditionId }) => Option.getOrElse(renditionId, () => id))).map(rowOf)
