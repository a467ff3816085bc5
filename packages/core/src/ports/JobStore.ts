import { type Array as Arr, Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { JobId, RunnerId, TokenHash, VideoId } from "../domain/Ids.ts"
import type { ConcurrencyLimits } from "../domain/job/ConcurrencyLimits.ts"
import type { ChunkProgress } from "../domain/job/RenditionJobs.ts"
import type { JobState, RunnerJob } from "../domain/job/RunnerJob.ts"
import type { Runner } from "../domain/runner/Runner.ts"
import type { Page, PageAfterRequest, PersistenceError, Sort } from "./PersistenceError.ts"

/** Another writer changed the job since it was read. Read it again and decide again. */
export class JobConflict extends Schema.TaggedError<JobConflict>()("JobConflict", { id: Schema.String }) {
  override get message(): string {
    return `Job ${this.id} was changed by another writer`
  }
}

/**
 * The moment by which a job counts as silent: the last report, the last change of its progress, or the start of the
 * attempt.
 */
export type SignOfLife = "updatedAt" | "progressedAt" | "startedAt"

/** The heartbeat of a leased job. */
export interface Heartbeat {
  readonly id: JobId
  /** The fence: only the current attempt of this runner matches. */
  readonly runnerTokenHash: TokenHash
  readonly jobTokenHash: TokenHash
  readonly at: DateTime.Utc
  /** Kept only while the job is Processing. A change moves `progressedAt`. */
  readonly progress: Option.Option<number>
}

/** The state of the job after a heartbeat, and the runner that sent it. */
export interface Beat {
  readonly state: "Processing" | "Completing"
  readonly runner: Pick<Runner, "id" | "version" | "jobTypes" | "lastContact">
}

/**
 * The columns by which jobs can be sorted. States have the order of `JobState`. Jobs without progress come last in both
 * directions.
 */
export type JobColumn = "updatedAt" | "createdAt" | "priority" | "state" | "progress"

/**
 * The filter of an administrator's list. Absent members do not narrow it. A rendition that is made in chunks is listed
 * as the first of its jobs that matches, unless its chunks are requested.
 */
export interface JobFilter extends PageAfterRequest<JobId> {
  readonly id?: JobId
  /** Lists the chunks of this rendition. */
  readonly renditionId?: string
  readonly states?: ReadonlyArray<JobState>
  readonly types?: ReadonlyArray<string>
  /** The runner that holds or last held the job. */
  readonly runnerId?: RunnerId
  readonly videoId?: VideoId
  /** A label that runners must have to get the job. */
  readonly label?: string
  /** A part of the type or of the name of the current or last runner. ASCII letters match in both cases. */
  readonly text?: string
  /** Newest first when absent. By `updatedAt` and `progress` the newest `MAX_SORTED_JOBS` of each state are sorted. */
  readonly sort?: Sort<JobColumn>
  /** The most that are counted for `total`. `MAX_COUNTED_JOBS` when absent. */
  readonly maxTotal?: number
}

/** Counting a million finished jobs would take longer than reading the page. */
export const MAX_COUNTED_JOBS = 10_000

/**
 * Jobs of one state that are sorted by a column without an index. Heartbeats change these columns, and an index would make
 * each heartbeat slower.
 */
export const MAX_SORTED_JOBS = 2000

/** The most jobs that the total of a list counts: no more than its pages can show. */
export const countedOf = ({ maxTotal = MAX_COUNTED_JOBS, sort }: JobFilter): number =>
  sort?.by === "updatedAt" || sort?.by === "progress" ? Math.min(maxTotal, MAX_SORTED_JOBS) : maxTotal

/** The parent of a job in a list. */
export interface ParentJob extends Pick<RunnerJob, "id" | "type" | "state"> {
  /** Unique and constant for each job. */
  readonly number: number
}

/** A job in a list. */
export type ListedJob = RunnerJob & {
  /** None also when the parent is missing. */
  readonly parent: Option.Option<ParentJob>
  /** The progress of the rendition to which the chunk of the job belongs. */
  readonly chunks: Option.Option<ChunkProgress>
}

/** Stores jobs. Rows change only as a whole, and only at the revision at which they were read. */
export class JobStore extends Context.Tag("@runner-connector/core/JobStore")<
  JobStore,
  {
    /** Inserts the jobs, all or none. Jobs of the same priority keep the order of insertion. */
    readonly insert: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, PersistenceError>

    /** The job first, then every job that waits for it, at any depth. Empty when there is no such job. */
    readonly family: (id: JobId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /**
     * Jobs in the given state without a sign of life (`updatedAt` unless given) since the given moment, longest silent
     * first; at most `limit`, 100 unless given. Of the given types, or of any when none are given.
     */
    readonly listSilent: (query: {
      readonly state: "Processing" | "Completing"
      readonly since: DateTime.Utc
      readonly types?: ReadonlyArray<string>
      readonly by?: SignOfLife
      readonly limit?: number
    }) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** All jobs of the video, or of several ones, in the order of their insertion. */
    readonly ofVideo: (...ids: ReadonlyArray<VideoId>) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** Counts at most `maxTotal` jobs. Pages in every order stay fast as rows grow. */
    readonly list: (filter: JobFilter) => Effect.Effect<Page<ListedJob>, PersistenceError>

    /**
     * Writes the jobs, all or none, each at its revision, which is incremented. `createdAt` never changes. `added` are new
     * jobs in the same write. With `limits`, for a write that starts one job: a conflict as well when as many jobs as a limit
     * permits are Processing already, also when several processes write at the same moment.
     */
    readonly commit: (
      jobs: Arr.NonEmptyReadonlyArray<RunnerJob>,
      added?: ReadonlyArray<RunnerJob>,
      limits?: ConcurrencyLimits
    ) => Effect.Effect<void, JobConflict | PersistenceError>

    /** Removes the jobs, all or none, each at its revision. Jobs that wait for them stay. */
    readonly remove: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, JobConflict | PersistenceError>

    /**
     * Finds the runner by its token and updates `updatedAt` and `progress` of a job that is Processing or Completing under
     * this runner and job token, in one statement, and increments its revision. None when they do not match.
     */
    readonly heartbeat: (heartbeat: Heartbeat) => Effect.Effect<Option.Option<Beat>, PersistenceError>
  }
>() {}
