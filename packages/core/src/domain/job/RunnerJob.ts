import { Option, Schema } from "effect"
import { JobId, RunnerId, TokenHash, VideoId } from "../Ids.ts"
import { PublicOrigin } from "../PublicOrigin.ts"
import { JobAttempt } from "./JobAttempt.ts"
import { ReceivedResult } from "./ReceivedResult.ts"

/** The nine states of a job. `packages/protocol` gives them numbers and labels. */
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

/** States that a job leaves only by a retry of itself or of its parent. */
export const terminalStates: ReadonlySet<JobState> = new Set<JobState>([
  "Completed",
  "Errored",
  "Cancelled",
  "ParentErrored",
  "ParentCancelled"
])

/**
 * One unit of work for a runner. The encoded side is the row in a database: null for absent values, dates as `Date`.
 */
export const RunnerJob = Schema.Struct({
  id: JobId,
  type: Schema.String,
  state: JobState,
  /** The part that runners receive. Its shape belongs to the job type. */
  payload: Schema.Unknown,
  /** The part that only the server needs. Its shape belongs to the job type. */
  privatePayload: Schema.Unknown,
  /** Abilities that a runner needs beyond the type: for a studio job the names of its tasks. */
  requirements: Schema.Array(Schema.String),
  /** The labels that a runner must have, each once, in alphabetical order. */
  labels: Schema.Array(Schema.String),
  /** Runners that failed the job and do not get it again while another one that is online can do it. */
  avoided: Schema.Array(RunnerId),
  /** The tenant of the video. */
  tenant: Schema.OptionFromNullOr(Schema.String),
  /** Lower values run first. */
  priority: Schema.Int,
  /** 0 to 100, as last reported by the runner. */
  progress: Schema.OptionFromNullOr(Schema.Int),
  /** Failed attempts since the job was created or retried. */
  failures: Schema.Int,
  /** Stalled attempts since the job was created or retried. */
  stalls: Schema.Int,
  /** Interruptions of storing by the death of a server since the job was created or retried. */
  interruptions: Schema.Int,
  /** Not offered to runners before this time. */
  notBefore: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** The latest attempts, oldest first. See `ATTEMPTS_KEPT`. */
  attempts: Schema.Array(JobAttempt),
  /** Why the job failed. */
  error: Schema.OptionFromNullOr(Schema.String),
  /** The runner that holds or last held the job. */
  runnerId: Schema.OptionFromNullOr(RunnerId),
  /** The hashed fencing token of the current attempt. Present only in Processing, Completing and Completed. */
  jobTokenHash: Schema.OptionFromNullOr(TokenHash),
  /** Names the files of the current attempt, so that they can be found after a crash. */
  attemptId: Schema.OptionFromNullOr(Schema.UUID),
  /** Result files that the runner has uploaded, or begun to upload, in the current attempt. See `CustomUploads`. */
  uploads: Schema.Array(Schema.String),
  /** The result while it is being stored. Present in Completing only. */
  received: Schema.OptionFromNullOr(ReceivedResult),
  /** The job that must be completed before this one starts. */
  parentId: Schema.OptionFromNullOr(JobId),
  videoId: Schema.OptionFromNullOr(VideoId),
  /** The rendition of which this job makes one chunk. None for every other job. */
  renditionId: Schema.OptionFromNullOr(Schema.UUID),
  /** Which chunk it makes, from 0. */
  chunk: Schema.OptionFromNullOr(Schema.Int),
  /** The origin of the URLs in the payload, from the video. None: the configured one. */
  publicUrl: Schema.OptionFromNullOr(PublicOrigin),
  /** The video does not end before this job has ended. False for captions and storyboards. */
  awaited: Schema.Boolean,
  startedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  finishedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  /** When the progress of the current attempt last changed; its start until then. */
  progressedAt: Schema.OptionFromNullOr(Schema.DateTimeUtcFromDate),
  createdAt: Schema.DateTimeUtcFromDate,
  /** The last heartbeat: of the runner while Processing, of the storing process while Completing. */
  updatedAt: Schema.DateTimeUtcFromDate,
  /** Grows with every write. A write at an old revision is rejected. */
  revision: Schema.Int
})
export type RunnerJob = typeof RunnerJob.Type

/** States from which a job can be retried. */
export const retryableStates: ReadonlySet<JobState> = new Set<JobState>(["Errored", "Cancelled"])

export const isTerminal = (job: Pick<RunnerJob, "state">): boolean => terminalStates.has(job.state)

/** True when no job that the video waits for is open. */
export const haveEnded = (jobs: ReadonlyArray<RunnerJob>): boolean =>
  jobs.every((job) => isTerminal(job) || !job.awaited)

/** A job before its first attempt. Missing fields are as for a rendition without a parent. */
export const pending = (
  job: Pick<RunnerJob, "id" | "type" | "payload" | "privatePayload" | "priority" | "createdAt"> & Partial<RunnerJob>
): RunnerJob => ({
  state: Option.isSome(job.parentId ?? Option.none()) ? "WaitingForParent" : "Pending",
  requirements: [],
  labels: [],
  avoided: [],
  tenant: Option.none(),
  progress: Option.none(),
  failures: 0,
  stalls: 0,
  interruptions: 0,
  notBefore: Option.none(),
  attempts: [],
  error: Option.none(),
  runnerId: Option.none(),
  jobTokenHash: Option.none(),
  attemptId: Option.none(),
  uploads: [],
  received: Option.none(),
  parentId: Option.none(),
  videoId: Option.none(),
  renditionId: Option.none(),
  chunk: Option.none(),
  publicUrl: Option.none(),
  awaited: true,
  startedAt: Option.none(),
  finishedAt: Option.none(),
  progressedAt: Option.none(),
  updatedAt: job.createdAt,
  revision: 0,
  ...job
})
