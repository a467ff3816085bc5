import type { JobSummary, Labelled } from "../api/documents.ts"
import { t } from "../texts.ts"

/** State ids of a job. */
export const JobState = {
  pending: 1,
  processing: 2,
  completed: 3,
  errored: 4,
  waiting: 5,
  cancelled: 6,
  parentErrored: 7,
  parentCancelled: 8,
  completing: 9
} as const

type WithState = { readonly state: Labelled }

export const jobState = ({ state }: WithState): string => t.jobs.states[state.id] ?? state.label

const among =
  (...ids: ReadonlyArray<number>) =>
  ({ state }: WithState): boolean =>
    ids.includes(state.id)

export const isOpen = among(JobState.pending, JobState.processing, JobState.waiting, JobState.completing)
export const isFailed = among(JobState.errored, JobState.parentErrored)
export const isMoving = among(JobState.processing, JobState.completing)

export const isBroadcast = ({ type }: { readonly type: string }): boolean => type === "live-rtmp-hls-transcoding"

/** Whether the job itself can be retried. Jobs that ended because of another job are retried with that one. */
export const isRetryable = (job: JobSummary): boolean =>
  !isBroadcast(job) && among(JobState.errored, JobState.cancelled)(job)

export const jobTone = (job: WithState): "good" | "bad" | "busy" | "idle" => {
  if (job.state.id === JobState.completed) return "good"
  if (isFailed(job)) return "bad"
  return isMoving(job) ? "busy" : "idle"
}
