import { Context, type DateTime, type Effect } from "effect"
import type { JobId, RunnerId } from "../domain/Ids.ts"
import type { FullQueue, RunningJobs } from "../domain/job/ConcurrencyLimits.ts"
import type { RunnerJob } from "../domain/job/RunnerJob.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** The jobs that a runner asks for. */
export interface ClaimQuery {
  readonly runnerId: RunnerId
  /** No types, no jobs. */
  readonly types: ReadonlyArray<string>
  /** The requirements that the runner meets; a job with any other one is left out. */
  readonly requirements: ReadonlyArray<string>
  /** The labels of the runner; a job that requires any other one is left out. */
  readonly labels: ReadonlyArray<string>
  readonly limit: number
  /** The current time. Jobs that rest until later are left out. */
  readonly at: DateTime.Utc
  /** The first job is kept for this runner until then. */
  readonly until: DateTime.Utc
  /** Jobs to leave out. */
  readonly except?: ReadonlyArray<JobId>
  /** Types whose jobs come before those of all others. None by default. */
  readonly urgent?: ReadonlyArray<string>
  /**
   * Tenants in the order of their turn, none for jobs without a tenant. Jobs of a tenant that comes earlier are listed first,
   * and jobs of tenants that are not in this list before all others.
   */
  readonly turns?: ReadonlyArray<RunnerJob["tenant"]>
  /** Tenants and labels at their limits, whose jobs are left out. */
  readonly full?: FullQueue
  /** Whether jobs that are kept for other runners are included. False by default. */
  readonly kept?: boolean
}

/** Pending jobs of one kind that no runner was shown just now. */
export interface AvailableJobs extends Pick<RunnerJob, "type" | "requirements" | "labels"> {
  /** At most 1000 of a kind are counted. */
  readonly jobs: number
  /** When the oldest of them became available. */
  readonly since: DateTime.Utc
}

/**
 * The jobs as a queue: the pending ones as runners find them, and the removal of old finished ones. Changes no job: what a
 * runner accepts is committed by `JobStore`.
 */
export class JobQueue extends Context.Tag("@runner-connector/core/JobQueue")<
  JobQueue,
  {
    /**
     * Lists the best pending jobs for this runner, and keeps the first of them for it: until `until` no other runner is
     * shown that one. The first job is the best that no simultaneous claim takes; the others follow in their order:
     * urgent types, the turn of the tenant, then `dueOf`. The best job of every type is among them. A job is kept for the same runner once, so that a runner that does
     * not accept it cannot hide it from the others. The next commit of the job ends this. Jobs that avoid the runner are
     * left out.
     */
    readonly claim: (query: ClaimQuery) => Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /** Counts the pending jobs of these types that are neither resting nor kept for a runner, below their limits. */
    readonly available: (
      query: Pick<ClaimQuery, "at" | "full" | "types">
    ) => Effect.Effect<ReadonlyArray<AvailableJobs>, PersistenceError>

    /** The jobs that runners process now (Processing), by their tenants and labels. */
    readonly running: Effect.Effect<ReadonlyArray<RunningJobs>, PersistenceError>

    /** The pending jobs that are kept from runners that failed them, oldest first, at most 100. */
    readonly avoiding: Effect.Effect<ReadonlyArray<RunnerJob>, PersistenceError>

    /**
     * Removes jobs that finished before this moment, the first ones first; at most `limit`. Returns how many. Keeps the
     * awaited jobs of a video that exists: they tell which renditions it has or lacks, and can be retried.
     */
    readonly prune: (before: DateTime.Utc, limit: number) => Effect.Effect<number, PersistenceError>
  }
>() {}
