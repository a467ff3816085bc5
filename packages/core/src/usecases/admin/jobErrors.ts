import { Schema } from "effect"
import { JobId } from "../../domain/Ids.ts"
import { JobState } from "../../domain/job/RunnerJob.ts"

/** The job has ended, or its result is being stored. */
export class JobNotCancellable extends Schema.TaggedError<JobNotCancellable>()("JobNotCancellable", {
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return "Only pending, processing and waiting jobs can be cancelled"
  }
}

/** The job has ended, so its priority has no effect. */
export class JobEnded extends Schema.TaggedError<JobEnded>()("JobEnded", { id: JobId, state: JobState }) {
  override get message(): string {
    return `The job is ${this.state}: only the priority of jobs that have not ended can be changed`
  }
}

/** The result of the job, or of one that waits for it, is being stored. It can be removed afterwards. */
export class JobNotRemovable extends Schema.TaggedError<JobNotRemovable>()("JobNotRemovable", {
  /** The job whose result is being stored. */
  id: JobId,
  state: JobState
}) {
  override get message(): string {
    return `The result of job ${this.id} is being stored: remove it afterwards`
  }
}
