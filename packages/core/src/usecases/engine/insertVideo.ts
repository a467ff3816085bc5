import { type Array as Arr, Effect } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import { type RunnerJob, withOriginOf } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { MediaReport } from "../../domain/video/MediaReport.ts"
import type { NewVideo, Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "./AfterCommit.ts"

/** Adds a new video with its jobs and the reports of its files, ends the records of its uploads, and pings the runners. */
export type InsertVideo = (
  video: NewVideo,
  jobs: Arr.NonEmptyReadonlyArray<RunnerJob>,
  uploads: ReadonlyArray<FileKey>,
  reports?: ReadonlyArray<MediaReport>
) => Effect.Effect<Video, PersistenceError>

/** The insertion of videos, over the ports. */
export const makeInsertVideo: Effect.Effect<InsertVideo, never, VideoStore | RunnerNotifier | AfterCommit> = Effect.gen(
  function* () {
    const videos = yield* VideoStore
    const notifier = yield* RunnerNotifier
    const afterCommit = yield* AfterCommit
    return (video, newJobs, uploads, reports) => {
      const jobs = withOriginOf(video, newJobs)
      return afterCommit.run({
        write: videos.insert(video, jobs, uploads, reports),
        written: videos.find(video.id),
        effects: () => notifier.availableJobs(demandOf(jobs))
      })
    }
  }
)
