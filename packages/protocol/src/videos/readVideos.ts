import {
  type Errors,
  JobAdmin,
  type Persistence,
  type RunnerJob,
  Runners,
  spanned,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { PlaybackWeb } from "../playback/PlaybackWeb.ts"
import { isMissing, videoDocument } from "./showVideo.ts"
import type { VideoDocument } from "./VideoDocument.ts"

/** The services that documents need. Without `PlaybackWeb` they have no URLs. */
export type ReadingNeeds = JobAdmin.JobAdmin | Runners.Runners | VideoStore.VideoStore

/**
 * Reads the jobs of all videos by one query. Reads a video again when a job has ended meanwhile, so that progress is not
 * ahead of files.
 */
const readJobs = (videos: ReadonlyArray<Video.Video>) =>
  Effect.gen(function* () {
    const { find } = yield* VideoStore.VideoStore
    const { ofVideo } = yield* JobAdmin.JobAdmin
    const all = yield* ofVideo(...videos.map(({ id }) => id))
    const byVideo = Arr.groupBy(all, ({ videoId }) => Option.getOrElse(videoId, () => ""))
    return yield* Effect.forEach(videos, (video) => {
      const jobs: ReadonlyArray<RunnerJob.RunnerJob> = byVideo[video.id] ?? []
      if (!jobs.some((job) => isMissing(job, video))) return Effect.succeed({ video, jobs })
      return Effect.map(find(video.id), (found) => ({ video: Option.getOrElse(found, () => video), jobs }))
    })
  })

/** The documents of the videos, with one query for all of their runners. Administrators see logs of runners. */
export const documents: (
  videos: ReadonlyArray<Video.Video>,
  showsLogs: boolean
) => Effect.Effect<ReadonlyArray<VideoDocument>, Errors.InvalidRequest | Persistence.PersistenceError, ReadingNeeds> =
  spanned("readVideos")(function* (videos, showsLogs) {
    const web = yield* Effect.serviceOption(PlaybackWeb)
    const runners = yield* Runners.Runners
    const withJobs = yield* readJobs(videos)
    const ids = Arr.dedupe(withJobs.flatMap(({ jobs }) => jobs.flatMap((job) => Option.toArray(job.runnerId))))
    const { explain } = yield* JobAdmin.JobAdmin
    const about = {
      showsLogs,
      runners: yield* runners.byIds(ids),
      waiting: yield* explain(withJobs.flatMap(({ jobs }) => jobs))
    }
    return yield* Effect.forEach(withJobs, ({ jobs, video }) =>
      Option.match(web, {
        onNone: () => Effect.succeed(videoDocument(() => null, video, jobs, about)),
        onSome: ({ urls }) => Effect.map(urls(video), ({ of }) => videoDocument(of, video, jobs, about))
      })
    )
  })
