import { type Array as Arr, Context, type DateTime, type Effect, type Option, Schema } from "effect"
import type { JobId, RunnerId, TokenHash, VideoId } from "../domain/Ids.ts"
import type { JobState, RunnerJob } from "../domain/RunnerJob.ts"
import type { Page, PageRequest, PersistenceError } from "./PersistenceError.ts"

/** Somebody else changed the job since it was read. Read it again and decide again. */
export class JobConflict extends Schema.TaggedError<JobConflict>()("JobConflict", { id: Schema.String }) {
  override get message(): string {
    return `Job ${this.id} was changed by somebody else meanwhile`
  }
}

/** A sign of life of whoever holds a job. */
export interface Heartbeat {
  readonly id: JobId
  /** The fence: only the holder of the current try is heard. */
  readonly runnerId: RunnerId
  readonly jobTokenHash: TokenHash
  readonly at: DateTime.Utc
  /** Kept only while the job is Processing. */
  readonly progress: Option.Option<number>
}

/** Which jobs an administrator wants to see; an absent member does not narrow the list. Newest first. */
export interface JobFilter extends PageRequest {
  readonly states?: ReadonlyArray<JobState>
  readonly types?: ReadonlyArray<string>
}

/** Keeps jobs. Rows change only as a whole, and only at the revision at which they were read. */
export class JobStore extends Context.Tag("@runner-connector/core/JobStore")<
  JobStore,
  {
    /** Adds the jobs, all or none. Ties of priority are later broken by the order in which jobs were inserted. */
    readonly insert: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, PersistenceError>

    /** The job first, then everything that waits for it, however deep; empty when there is no such job. */
    readonly family: (id: JobId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** Pending jobs of the given types: lowest priority number first, then oldest. No types, no jobs. */
    readonly listAvailable: (query: {
      readonly types: ReadonlyArray<string>
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** Jobs in the given state of which nothing was heard since the given moment, longest silent first; at most 100. */
    readonly listSilent: (query: {
      readonly state: "Processing" | "Completing"
      readonly since: DateTime.Utc
    }) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** All jobs of the video in the order of their insertion. */
    readonly ofVideo: (id: VideoId) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    readonly list: (filter: JobFilter) => Effect.Effect<Page<RunnerJob>, PersistenceError>

    /** Writes the jobs, all or none, each at its revision, which grows by one. `createdAt` never changes. */
    readonly commit: (jobs: Arr.NonEmptyReadonlyArray<RunnerJob>) => Effect.Effect<void, JobConflict | PersistenceError>

    /**
     * Moves `updatedAt` (and `progress`) of a job that is Processing or Completing under this runner and token, in one
     * statement; the revision grows. Returns the state, or none when these do not hold the job in one of these states.
     */
    readonly beat: (heartbeat: Heartbeat) => Effect.Effect<Option.Option<"Processing" | "Completing">, PersistenceError>
  }
>() {}
