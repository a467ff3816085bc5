import { Schema } from "effect"
import { JobId } from "../../domain/Ids.ts"
import { JobState, retryableStates } from "../../domain/job/RunnerJob.ts"

/** The job has not failed, or its type cannot be retried. */
export class JobNotRetryable extends Schema.TaggedError<JobNotRetryable>()("JobNotRetryable", {
  id: JobId,
  type: Schema.String,
  state: JobState
}) {
  override get message(): string {
    return retryableStates.has(this.state)
      ? `A job of the type ${this.type} cannot be tried again`
      : "Only jobs that have failed or were cancelled can be tried again"
  }
}

/** The job ended because of another one, or waits for one that has ended. It resumes with a retry of that one. */
export class ParentNotCompleted extends Schema.TaggedError<ParentNotCompleted>()("ParentNotCompleted", {
  id: JobId,
  /** The job to retry. */
  parentId: JobId
}) {
  override get message(): string {
    return `This job waits for job ${this.parentId}: retry that one`
  }
}

/** The rendition of this job exists, or another job makes it. */
export class JobSuperseded extends Schema.TaggedError<JobSuperseded>()("JobSuperseded", { id: JobId }) {
  override get message(): string {
    return "Another job makes, or has made, the same rendition"
  }
}

/** Nothing can be made of the video in its current state. */
export class VideoNotTranscodable extends Schema.TaggedError<VideoNotTranscodable>()("VideoNotTranscodable", {
  reason: Schema.Literal("live", "editing", "noFile")
}) {
  override get message(): string {
    return notTranscodable[this.reason]
  }
}

const notTranscodable = {
  live: "This video is a live: its renditions are made while it runs",
  editing: "This video is being edited, and is transcoded anew afterwards",
  noFile: "There is no file of this video that anything could be made from"
} as const

/** Why a known job is not retried. */
export type RetryRefused = JobNotRetryable | JobSuperseded | ParentNotCompleted | VideoNotTranscodable
