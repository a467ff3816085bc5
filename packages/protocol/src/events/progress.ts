import { JobAdmin, type JobStore } from "@runner-connector/core"
import { DateTime, Effect, Option, Schedule, type Scope, Stream } from "effect"
import { progressFrame } from "./frames.ts"

/** What reading the progress of jobs needs. */
export type ProgressNeeds = JobAdmin.JobAdmin | Scope.Scope

const INTERVAL = "2 seconds"

/** The jobs of one report. A console shows no more at once. */
const MAX_JOBS = 100

export const documentOf = (jobs: ReadonlyArray<JobStore.ListedJob>) => ({
  jobs: jobs.map((job) => ({
    uuid: job.id,
    videoId: Option.getOrNull(job.videoId),
    state: job.state,
    progress: Option.getOrNull(job.progress),
    updatedAt: DateTime.formatIso(job.updatedAt)
  }))
})

/**
 * Frames with the progress of running jobs, when it has changed. Heartbeats of runners are no events, because they would
 * outnumber them. All clients of a process share one reader, which rests while nobody listens.
 */
export const makeProgress: Effect.Effect<Stream.Stream<string>, never, ProgressNeeds> = Effect.gen(function* () {
  const { list } = yield* JobAdmin.JobAdmin
  const read = list({
    start: 0,
    count: MAX_JOBS,
    states: ["Processing", "Completing"],
    sort: { by: "updatedAt", descending: true }
  }).pipe(
    Effect.map(({ data }) => Option.some(progressFrame(documentOf(data)))),
    // The events report the outage.
    Effect.catchAll(() => Effect.succeedNone)
  )
  return yield* Stream.repeatEffectWithSchedule(read, Schedule.spaced(INTERVAL)).pipe(
    Stream.filterMap((frame) => frame),
    // Nothing is reported before the first job runs.
    (frames) => Stream.concat(Stream.make(progressFrame(documentOf([]))), frames),
    Stream.changes,
    Stream.drop(1),
    Stream.share({ capacity: 1, strategy: "sliding" })
  )
})
