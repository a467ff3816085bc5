import { type Array as Arr, DateTime, Effect, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { PublicOrigin } from "../../domain/PublicOrigin.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { Video } from "../../domain/video/Video.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { UnknownVideo, VideoBusy } from "../errors.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { makeJobsFor } from "./jobsFor.ts"
import { retryConflicts } from "./retryConflicts.ts"
import { makeJobAdded } from "./written.ts"

/** The input of a decision: the video and its open jobs. */
export interface Situation {
  readonly video: Video
  readonly open: ReadonlyArray<RunnerJob>
  readonly now: DateTime.Utc
}

/** The changed video and its new jobs. */
export interface Addition {
  readonly video: Video
  readonly jobs: Arr.NonEmptyReadonlyArray<RunnerJob>
  /** The origin of the URLs of these jobs. None: that of the video. */
  readonly publicUrl?: Option.Option<PublicOrigin>
  /** Uploads that the jobs refer to from now on. */
  readonly uploads?: ReadonlyArray<FileKey>
}

/** Adds jobs to an existing video: reads, decides, writes both at once and pings runners. Returns the first job. */
export type AddJobs = <E>(
  id: VideoId,
  decide: (situation: Situation) => Effect.Effect<Addition, E>
) => Effect.Effect<RunnerJob, E | UnknownVideo | PersistenceError>

/** Fails when an open job has this type, because a second one would do the same work. */
export const notTwice = (open: ReadonlyArray<RunnerJob>, type: string): Effect.Effect<void, VideoBusy> => {
  const same = open.find((job) => job.type === type)
  return same === undefined ? Effect.void : new VideoBusy({ job: same.id, type })
}

/** The addition of jobs over the ports. */
export const makeAddJobs: Effect.Effect<
  AddJobs,
  never,
  JobStore | VideoStore | RunnerNotifier | AfterCommit | ConnectorConfig
> = Effect.gen(function* () {
  const afterCommit = yield* AfterCommit
  const store = yield* JobStore
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const wasAdded = yield* makeJobAdded
  const jobsFor = yield* makeJobsFor

  const save = ({ publicUrl = Option.none(), uploads = [], video, ...addition }: Addition) => {
    const jobs = jobsFor({ ...video, publicUrl: Option.orElse(publicUrl, () => video.publicUrl) }, addition.jobs)
    return afterCommit
      .run({
        write: videos.save(video, [], jobs, uploads),
        written: wasAdded(jobs[0]),
        effects: () => notifier.availableJobs(demandOf(jobs))
      })
      .pipe(Effect.as(jobs[0]))
  }

  return (id, decide) =>
    Effect.gen(function* () {
      const video = yield* Effect.flatMap(
        videos.find(id),
        Effect.mapError(() => new UnknownVideo())
      )
      const open = (yield* store.ofVideo(id)).filter((job) => !isTerminal(job))
      const addition = yield* decide({ video, open, now: yield* DateTime.now })
      const job = yield* save(addition)
      return job
    }).pipe(retryConflicts)
})
