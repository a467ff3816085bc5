import { Data, type Option } from "effect"
import type { RunnerId, TokenHash } from "../Ids.ts"
import type { ResultFault } from "./JobAttempt.ts"
import type { ReceivedResult } from "./ReceivedResult.ts"

// biome-ignore lint/complexity/noBannedTypes: the shape Data.TaggedEnum asks for when an event carries nothing
type Nothing = {}

/** The runner that takes a job, and the secrets of the new attempt. */
export interface Acceptance {
  readonly runnerId: RunnerId
  readonly runner: string
  readonly version: Option.Option<string>
  readonly jobTokenHash: TokenHash
  /** A UUID that names all files of this attempt. */
  readonly attemptId: string
}

/** Every event of a job. */
export type JobEvent = Data.TaggedEnum<{
  /** A runner accepted the job. */
  Accepted: Acceptance
  /** The runner sent a heartbeat, perhaps with a percentage. */
  Progressed: { readonly progress: Option.Option<number> }
  /** The result has arrived completely. */
  ResultReceived: { readonly received: ReceivedResult }
  /** The server that stored the result died, and a server that still has the files continues. */
  StoringResumed: Nothing
  /** The server that stored the result died, and no server can continue. */
  StoringInterrupted: { readonly message: string }
  /** The result is stored and published. */
  ResultStored: Nothing
  /** The result was wrong (`fault`) or could not be stored. */
  ResultRefused: { readonly message: string; readonly fault?: ResultFault | undefined }
  /** The runner reported an error. */
  Failed: { readonly message: string }
  /**
   * The attempt ended without a failure. The runner or the storing server gave the job back, or the lease ended by
   * silence, a lack of progress or its maximum duration (`stalled`).
   */
  Aborted: { readonly stalled: boolean; readonly message: string }
  /** An administrator cancelled the job. */
  Cancelled: Nothing
  /** An administrator retries an ended job. `waits` is true when its parent is not completed. */
  Retried: { readonly waits: boolean }
  /** The parent is completed. */
  ParentCompleted: Nothing
  /** The parent ended in error. */
  ParentErrored: Nothing
  /** The parent was cancelled. */
  ParentCancelled: Nothing
  /** The parent is retried. */
  ParentRetried: Nothing
}>
export const JobEvent = Data.taggedEnum<JobEvent>()
