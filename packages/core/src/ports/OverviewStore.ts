import { Context, type DateTime, type Duration, type Effect, type Option } from "effect"
import type { JobId } from "../domain/Ids.ts"
import type { VideoState } from "../domain/video/Video.ts"
import type { PersistenceError } from "./PersistenceError.ts"

/** Counting a million waiting jobs would take longer than all other figures. */
export const MAX_COUNTED_WAITING = 50_000

/** The open jobs of one type. Of pending and of waiting jobs at most `MAX_COUNTED_WAITING` are counted. */
export interface QueueFigures {
  readonly type: string
  readonly pending: number
  /** Processing and Completing. */
  readonly processing: number
  /** Jobs that wait for their parent. */
  readonly waiting: number
  /** When the oldest pending job was created. */
  readonly oldestPendingAt: Option.Option<DateTime.Utc>
}

/** The pending job that was created first. */
export interface OldestPending {
  readonly id: JobId
  readonly type: string
  readonly createdAt: DateTime.Utc
}

export interface RunnerFigures {
  readonly total: number
  readonly online: number
  /** Runners that process at least one job. */
  readonly busy: number
}

/** The videos of one state. */
export interface VideoFigures {
  readonly state: VideoState
  readonly count: number
  /** Bytes of their renditions and progressive files. Sources, pictures and captions are not counted. */
  readonly bytes: number
}

/** The jobs that ended in one interval. Intervals without any are left out. */
export interface EndedFigures {
  /** The start of the interval. */
  readonly at: DateTime.Utc
  readonly completed: number
  /** Jobs whose attempts all failed. Jobs that waited for them are not counted. */
  readonly failed: number
}

/** Reads figures for operators. They stay fast with a million jobs. */
export class OverviewStore extends Context.Tag("@runner-connector/core/OverviewStore")<
  OverviewStore,
  {
    /** Ordered by type. */
    readonly queue: Effect.Effect<ReadonlyArray<QueueFigures>, PersistenceError>
    readonly oldestPending: Effect.Effect<Option.Option<OldestPending>, PersistenceError>
    readonly runners: Effect.Effect<RunnerFigures, PersistenceError>
    readonly videos: Effect.Effect<ReadonlyArray<VideoFigures>, PersistenceError>
    /** Ended jobs since this moment, which begins the first interval. In the order of time. */
    readonly ended: (query: {
      readonly since: DateTime.Utc
      readonly interval: Duration.Duration
    }) => Effect.Effect<ReadonlyArray<EndedFigures>, PersistenceError>
    /**
     * Counts the whole hours of the period, so that `ended` reads their figures instead of the jobs. A counted hour keeps
     * its figures when jobs are retried or removed. Both moments begin an hour.
     */
    readonly keepHours: (hours: {
      readonly since: DateTime.Utc
      readonly before: DateTime.Utc
    }) => Effect.Effect<void, PersistenceError>
  }
>() {}
