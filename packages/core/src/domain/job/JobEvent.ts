import { Data, type Option } from "effect"
import type { RunnerId, TokenHash } from "../Ids.ts"

// biome-ignore lint/complexity/noBannedTypes: the shape Data.TaggedEnum asks for when an event carries nothing
type Nothing = {}

/** Who took a job, and what is made for this try. */
export interface Acceptance {
  readonly runnerId: RunnerId
  readonly runner: string
  readonly version: Option.Option<string>
  readonly jobTokenHash: TokenHash
  /** A UUID that names all files of this try. */
  readonly attemptId: string
}

/** What can happen to a job. */
export type JobEvent = Data.TaggedEnum<{
  /** A runner took the job. */
  Accepted: Acceptance
  /** The runner gave a sign of life, perhaps with a percentage. */
  Progressed: { readonly progress: Option.Option<number> }
  /** The result has arrived whole and is about to be stored. */
  ResultReceived: Nothing
  /** The result is stored and can be seen. */
  ResultStored: Nothing
  /** The result could not be stored, or is not what was asked for. */
  ResultRefused: { readonly message: string }
  /** The runner reports that its try failed. */
  Failed: { readonly message: string }
  /**
   * The runner gives the job back, or, when `stalled`, fell silent while holding it; while Completing, the server that
   * stores the result gives it back because it stops.
   */
  Aborted: { readonly stalled: boolean; readonly message: string }
  /** An administrator does not want the job any more. */
  Cancelled: Nothing
  /** Somebody wants an ended job to be tried again; `waits` when the job that it waits for is not completed. */
  Retried: { readonly waits: boolean }
  /** The job that this one waits for is completed. */
  ParentCompleted: Nothing
  /** The job that this one waits for ended in error. */
  ParentErrored: Nothing
  /** The job that this one waits for was cancelled. */
  ParentCancelled: Nothing
  /** The job that this one waits for is tried again. */
  ParentRetried: Nothing
}>
export const JobEvent = Data.taggedEnum<JobEvent>()
