import { Array as Arr } from "effect"
import { type LabelsOfTypes, normalized } from "../runner/Labels.ts"
import type { Video } from "../video/Video.ts"
import type { RunnerJob } from "./RunnerJob.ts"

/** The distance between two priorities of videos. No job of a video comes so far behind another one. */
export const LEVEL = 1_000_000

/** The priority of a job by that of its video. Lower values run first. */
export const priorityIn = (own: number, video: number): number => Math.min(own, LEVEL - 1) - video * LEVEL

/** How urgent a job is: the priority of its video, unless it was changed for the job alone. Higher runs first. */
export const urgencyOf = ({ priority }: Pick<RunnerJob, "priority">): number => 0 - Math.floor(priority / LEVEL)

/** The job with this urgency. It keeps its place among the other jobs of its video. */
export const reprioritized = (job: RunnerJob, urgency: number): RunnerJob => ({
  ...job,
  priority: priorityIn(job.priority + urgencyOf(job) * LEVEL, urgency)
})

/** What new jobs take over from their video. */
export type Commissioner = Pick<Video, "labels" | "priority" | "publicUrl" | "tenant">

const labelsOf = (job: RunnerJob, required: LabelsOfTypes): ReadonlyArray<string> => [
  ...job.labels,
  ...(Object.hasOwn(required, job.type) ? (required[job.type] ?? []) : [])
]

/** A new job without a video, with the labels that its type requires. */
export const withTypeLabels = (job: RunnerJob, required: LabelsOfTypes): RunnerJob => ({
  ...job,
  labels: normalized(labelsOf(job, required))
})

/**
 * New jobs as they are stored: with the origin, the tenant and the labels of their video, the labels that their types
 * require, and the place in the queue that the priority of the video gives them.
 */
export const jobsOfVideo = <Jobs extends ReadonlyArray<RunnerJob>>(
  { labels, priority, publicUrl, tenant }: Commissioner,
  jobs: Jobs,
  required: LabelsOfTypes
): Arr.ReadonlyArray.With<Jobs, RunnerJob> =>
  Arr.map(jobs, (job) => ({
    ...job,
    publicUrl,
    tenant,
    labels: normalized([...labelsOf(job, required), ...labels]),
    priority: priorityIn(job.priority, priority)
  }))
