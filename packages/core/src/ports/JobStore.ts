import { type Array as Arr, Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { JobId, RunnerId, TokenHash, VideoId } from "../domain/Ids.ts"
import type { JobState, RunnerJob } from "../domain/job/RunnerJob.ts"
import type { Page, PageRequest, PersistenceError, Sort } from "./PersistenceError.ts"

/** Somebody else changed the job since it was read. Read it again and decide again. */
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

/** A sign of life of whoever holds a job. */
export interface Heartbeat {
  readonly id: JobId
  /** The fence: only the holder of the current try is heard. */
  readonly runnerId: RunnerId
  readonly jobTokenHash: TokenHash
  readonly at: DateTime.Utc
  /** Kept only while the job is Processing. A change moves `progressedAt`. */
  readonly progress: Option.Option<number>
}

/**
 * What jobs can be sorted by. States stand in the order in which `JobState` names them; jobs without progress come
 * last, either way.
 */
export type JobColumn = "updatedAt" | "createdAt" | "priority" | "state" | "progress"

/** Which jobs an administrator wants to see; an absent member does not narrow the list. */
export interface JobFilter extends PageRequest {
  readonly id?: JobId
  readonly states?: ReadonlyArray<JobState>
  readonly types?: ReadonlyArray<string>
  /** Stands in the type or in the name of the runner that holds the job or held it last; ASCII letters in any case. */
  readonly text?: string
  /** Newest first when absent. */
  readonly sort?: Sort<JobColumn>
}

/** What a list tells of the job that another one waits for. */
export interface ParentJob extends Pick<RunnerJob, "id" | "type" | "state"> {
  /** Unlike any other job's, and always the same. */
  readonly number: number
}

/** A job as a list shows it. */
export type ListedJob = RunnerJob & {
  /** None, too, when the job that it waits for is not there. */
  readonly parent: Option.Option<ParentJob>
}

/** Keeps jobs. Rows change only as a whole, and only at the revision at which they were read. */
export class JobStore extends Context.Tag("@runner-connector/core/JobStore")<
  JobStore,
  {
    /** Adds the jobs, all or none. Ties of priority are later broken by the order in which jobs were inserted. */
    readonly insert: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, PersistenceError>

    /** The job first, then everything that waits for it, however deep; empty when there is no such job. */
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

    /** All jobs of the video in the order of their insertion. */
    readonly ofVideo: (id: VideoId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    readonly list: (filter: JobFilter) => Effect.Effect<Page<ListedJob>, PersistenceError>

    /** Writes the jobs, all or none, each at its revision, which grows by one. `createdAt` never changes. */
    readonly commit: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, JobConflict | PersistenceError>

    /** Removes the jobs, all or none, each at its revision. What waits for them is not removed with them. */
    readonly remove: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, JobConflict | PersistenceError>

    /**
     * Moves `updatedAt` (and `progress`) of a job that is Processing or Completing under this runner and token, in one
     * statement; the revision grows. Returns the state, or none when these do not hold the job in one of these states.
     */
    readonly heartbeat: (
      heartbeat: Heartbeat
    ) => Effect.Effect<Option.Option<"Processing" | "Completing">, PersistenceError>
  }
>() {}
