import { Schema } from "effect"
import { JobId } from "../../domain/Ids.ts"
import { JobState, retryableStates } from "../../domain/job/RunnerJob.ts"

/** The job has not ended badly, or is of a type that cannot be taken up again. */
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

/** The job ended with another one, or waits for one that has ended: it goes on when that one is tried again. */
export class ParentNotCompleted extends Schema.TaggedError<ParentNotCompleted>()("ParentNotCompleted", {
  id: JobId,
  /** The job to try again. */
  parentId: JobId
}) {
  override get message(): string {
    return `This job waits for job ${this.parentId}: try that one again`
  }
}

/** The rendition of this job is there by now, or is being made by another one. */
export class JobSuperseded extends Schema.TaggedError<JobSuperseded>()("JobSuperseded", { id: JobId }) {
  override get message(): string {
    return "Another job makes, or has made, what this one was to make"
  }
}

/** Nothing can be made of the video as it is now. */
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

/** Why a job is not taken up again although it is known. */
export type RetryRefused = JobNotRetryable | JobSuperseded | ParentNotCompleted | VideoNotTranscodable
