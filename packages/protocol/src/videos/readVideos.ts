import {
  type Errors,
  JobAdmin,
  type Persistence,
  Runners,
  spanned,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { PlaybackWeb } from "../playback/PlaybackWeb.ts"
import { isMissing, videoDocument } from "./showVideo.ts"
import type { VideoDocument } from "./VideoDocument.ts"

/** What reading documents needs. Without `PlaybackWeb` they have no URLs. */
export type ReadingNeeds = JobAdmin.JobAdmin | Runners.Runners | VideoStore.VideoStore

/** Reads the video with its jobs. Reads it again when a job has ended meanwhile, so that progress is not ahead of files. */
const readJobs = (video: Video.Video) =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const jobs = yield* Effect.flatMap(JobAdmin.JobAdmin, ({ ofVideo }) => ofVideo(video.id))
    if (!jobs.some((job) => isMissing(job, video))) return { video, jobs }
    return { video: Option.getOrElse(yield* videos.find(video.id), () => video), jobs }
  })

/** The documents of the videos, with one query for all of their runners. Administrators see logs of runners. */
export const documents: (
  videos: ReadonlyArray<Video.Video>,
  showsLogs: boolean
) => Effect.Effect<ReadonlyArray<VideoDocument>, Errors.InvalidRequest | Persistence.PersistenceError, ReadingNeeds> =
  spanned("readVideos")(function* (videos, showsLogs) {
    const web = yield* Effect.serviceOption(PlaybackWeb)
    const runners = yield* Runners.Runners
    const withJobs = yield* Effect.forEach(videos, readJobs, { concurrency: 4 })
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
