import { Option, Schema } from "effect"
import { JobId, RunnerId, TokenHash, VideoId } from "../Ids.ts"
import { JobAttempt } from "./JobAttempt.ts"

/** The nine states of a job. Their numbers and labels on the wire stand in `protocol/JobDocuments.ts`. */
export const JobState = Schema.Literal(
  "Pending",
  "Processing",
  "Completed",
  "Errored",
  "WaitingForParent",
  "Cancelled",
  "ParentErrored",
  "ParentCancelled",
  "Completing"
)
export type JobState = typeof JobState.Type

/** States that a job does not leave unless somebody wants it, or the job it waited for, tried again. */
export const terminalStates: ReadonlySet<JobState> = new Set<JobState>([
  "Completed",
  "Errored",
  "Cancelled",
  "ParentErrored",
  "ParentCancelled"
])

/**
 * One piece of work for a runner. The encoded side is the row as adapters keep it: null for what is absent, dates as
 * `Date`.
 */
export const RunnerJob = Schema.Struct({
  id: JobId,
  type: Schema.String,
  state: JobState,
  /** What the runner is told; its shape belongs to the job type. */
  payload: Schema.Unknown,
  /** What only we need to know to finish the job; its shape belongs to the job type. */
  privatePayload: Schema.Unknown,
  /** Abilities that a runner needs beyond the type: for a studio job the names of its tasks. */
  requirements: Schema.Array(Schema.String),
  /** Lower comes first. */
  priority: Schema.Int,
  /** 0..100, as the runner last said. */
  progress: Schema.OptionFromNullOr(Schema.Int),
  /** How often a try has failed since the job was made or taken up again. */
  failures: Schema.Int,
  /** How often a runner fell silent while holding the job, counted likewise. */
  stalls: Schema.Int,
  /** Not to be offered to runners before. */
  notBefore: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** The latest tries, the oldest first; see `ATTEMPTS_KEPT`. */
  attempts: Schema.Array(JobAttempt),
  /** Why the job ended badly. */
  error: Schema.OptionFromNullOr(Schema.String),
  /** Who holds the job, or held it last. */
  runnerId: Schema.OptionFromNullOr(RunnerId),
  /** The fencing token of the current try, hashed. Present in Processing, Completing and Completed only. */
  jobTokenHash: Schema.OptionFromNullOr(TokenHash),
  /** Names the files made in the current try, so that they can be found after a crash. Given with the job. */
  attemptId: Schema.OptionFromNullOr(Schema.UUID),
  /** Files of the result that the runner has brought, or begun to bring, in the current try; see `CustomUploads`. */
  uploads: Schema.Array(Schema.String),
  /** The job that must be completed before this one starts. */
  parentId: Schema.OptionFromNullOr(JobId),
  videoId: Schema.OptionFromNullOr(VideoId),
  /** The video has not ended before this job has; false for what is made beside it, such as captions. */
  awaited: Schema.Boolean,
  startedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  finishedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  createdAt: Schema.DateTimeUtcFromDate,
  /** Last sign of life: of the runner while Processing, of the process that stores the result while Completing. */
  updatedAt: Schema.DateTimeUtcFromDate,
  /** Grows with every write; a write at an old revision is refused. */
  revision: Schema.Int
})
export type RunnerJob = typeof RunnerJob.Type

/** States out of which a job can be taken up again. */
export const retryableStates: ReadonlySet<JobState> = new Set<JobState>(["Errored", "Cancelled"])

export const isTerminal = (job: RunnerJob): boolean => terminalStates.has(job.state)

/** Whether none of the jobs that a video waits for is open. */
export const haveEnded = (jobs: ReadonlyArray<RunnerJob>): boolean =>
  jobs.every((job) => isTerminal(job) || !job.awaited)

/** A job that has not begun, as it is made; what is not said is as for a rendition that waits for nothing. */
export const pending = (
  job: Pick<RunnerJob, "id" | "type" | "payload" | "privatePayload" | "priority" | "createdAt"> & Partial<RunnerJob>
): RunnerJob => ({
  state: Option.isSome(job.parentId ?? Option.none()) ? "WaitingForParent" : "Pending",
  requirements: [],
  progress: Option.none(),
  failures: 0,
  stalls: 0,
  notBefore: Option.none(),
  attempts: [],
  error: Option.none(),
  runnerId: Option.none(),
  jobTokenHash: Option.none(),
  attemptId: Option.none(),
  uploads: [],
  parentId: Option.none(),
  videoId: Option.none(),
  awaited: true,
  startedAt: Option.none(),
  finishedAt: Option.none(),
  updatedAt: job.createdAt,
  revision: 0,
  ...job
})
