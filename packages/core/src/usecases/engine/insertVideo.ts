import { Effect } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { MediaReport } from "../../domain/video/MediaReport.ts"
import type { NewVideo, Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { makeJobsFor } from "./jobsFor.ts"
import { makeUnlessKnown } from "./unlessKnown.ts"

/**
 * Adds a new video with its first jobs, if it has any, and the reports of its files. Ends the records of its uploads, pings
 * the runners and runs `added`. Returns the video of a concurrent call with the same external id instead, if that was faster.
 */
export type InsertVideo = (
  video: NewVideo,
  jobs: ReadonlyArray<RunnerJob>,
  options: {
    readonly uploads?: ReadonlyArray<FileKey>
    readonly reports?: ReadonlyArray<MediaReport>
    readonly added: Effect.Effect<void>
  }
) => Effect.Effect<Video, PersistenceError>

/** The insertion of videos, over the ports. */
export const makeInsertVideo: Effect.Effect<
  InsertVideo,
  never,
  VideoStore | RunnerNotifier | AfterCommit | ConnectorConfig
> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const afterCommit = yield* AfterCommit
  const unlessKnown = yield* makeUnlessKnown
  const jobsFor = yield* makeJobsFor

  const insert: InsertVideo = (video, newJobs, options) => {
    const jobs = jobsFor(video, newJobs)
    return afterCommit
      .run({
        write: videos.insert(video, jobs, options.uploads, options.reports),
        written: videos.find(video.id),
        effects: () => Effect.zipRight(notifier.availableJobs(demandOf(jobs)), options.added)
      })
      .pipe(
        // The other video may be removed before it is read.
        Effect.catchTag("ExternalIdTaken", () => unlessKnown(video.externalId, insert(video, newJobs, options)))
      )
  }
  return insert
})
