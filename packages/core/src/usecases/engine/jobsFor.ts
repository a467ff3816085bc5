import type { Array as Arr } from "effect"
import { Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { type Commissioner, jobsOfVideo } from "../../domain/job/JobsOfVideo.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"

/** Prepares new jobs of a video for the queue. Apply it once. */
export type JobsFor = <Jobs extends ReadonlyArray<RunnerJob>>(
  video: Commissioner,
  jobs: Jobs
) => Arr.ReadonlyArray.With<Jobs, RunnerJob>

/** The preparation with the labels of the settings. */
export const makeJobsFor: Effect.Effect<JobsFor, never, ConnectorConfig> = Effect.map(
  ConnectorConfig,
  ({ jobLabels }) =>
    (video, jobs) =>
      jobsOfVideo(video, jobs, jobLabels)
)
