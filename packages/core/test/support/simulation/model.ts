import type { ConnectorSettings } from "../../../src/config/ConnectorSettings.ts"
import type { JobId } from "../../../src/domain/Ids.ts"
import type { JobState } from "../../../src/domain/job/RunnerJob.ts"

/** A film and its renditions, the first playable one first. */
export interface Film {
  /** Seconds from the start of the simulation. */
  readonly at: number
  /** Seconds that each rendition costs a runner of speed 1. */
  readonly renditions: ReadonlyArray<number>
  readonly labels?: ReadonlyArray<string>
  /** From -10 to 10. */
  readonly priority?: number
  readonly tenant?: string
}

/** Settings by which the server shares its runners. */
export type Sharing = Partial<Pick<ConnectorSettings, "labelLimits" | "tenantLimits" | "tenantWeights">>

/** A runner that processes one job at a time. */
export interface Worker {
  readonly name: string
  /** Seconds of work in a second. */
  readonly speed: number
  readonly labels?: ReadonlyArray<string>
  /** Gets no job from then on, in seconds. */
  readonly drainsAt?: number
  /** Whether it fails its attempt of this number, from 0 on. */
  readonly fails?: (attempt: number) => boolean
}

/** An attempt, in seconds from the start of the simulation. */
export interface Attempt {
  readonly job: JobId
  /** The film, by its place in the list. */
  readonly film: number
  /** The rendition, by its place in the film. */
  readonly rendition: number
  readonly worker: Worker
  readonly from: number
  readonly to: number
  readonly failed: boolean
}

/** The course of a simulation. */
export interface Course {
  readonly attempts: ReadonlyArray<Attempt>
  /** When the last job ended, in seconds. */
  readonly end: number
  /** The number of jobs in each state at the end. */
  readonly states: Readonly<Partial<Record<JobState, number>>>
  /** Runners that were in quarantine at the end. */
  readonly quarantined: ReadonlyArray<string>
}
