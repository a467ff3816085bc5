import type { Job, JobChange, JobFilter, ListedJob, WaitingReason } from "../model.ts"
import type { CallOptions } from "./CallOptions.ts"
import type { CreateJob, JobType } from "./JobTypes.ts"
import type { Page } from "./Page.ts"

/** Why a job waits. */
export interface Waiting {
  readonly reason: WaitingReason
  /** To be read after "waiting for". */
  readonly text: string
}

/** The jobs of all videos. */
export interface Jobs {
  /**
   * Creates a job of one of the `jobTypes` of the options. Returns without waiting for its end, which the hook `jobEnded`
   * and events report.
   */
  readonly create: <Payload>(type: JobType<Payload>, request: CreateJob<Payload>, options?: CallOptions) => Promise<Job>
  readonly get: (id: string, options?: CallOptions) => Promise<Job | undefined>
  /** Newest first, unless `sort` says otherwise. 15 unless `count` says otherwise. */
  readonly list: (filter?: JobFilter, options?: CallOptions) => Promise<Page<ListedJob>>
  /** All jobs of a video in the order of their creation. */
  readonly ofVideo: (video: string, options?: CallOptions) => Promise<ReadonlyArray<Job>>
  /**
   * Changes the priority of an open job: `high`, `normal`, `low`, or a number from -10 to 10. Of a rendition in chunks all
   * open chunks move. Rejects with `JobEnded` when the job has ended.
   */
  readonly update: (id: string, change: JobChange, options?: CallOptions) => Promise<void>
  /** Ends the job and those that wait for it. */
  readonly cancel: (id: string, options?: CallOptions) => Promise<void>
  /** Makes a failed or cancelled job pending again. */
  readonly retry: (id: string, options?: CallOptions) => Promise<void>
  /** Removes the job, and cancels it first when it is open. */
  readonly remove: (id: string, options?: CallOptions) => Promise<void>
  /** Why the job waits. Undefined when it does not wait. */
  readonly explain: (id: string, options?: CallOptions) => Promise<Waiting | undefined>
}
