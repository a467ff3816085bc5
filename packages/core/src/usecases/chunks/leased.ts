import { Data, DateTime, Duration, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { WorkLease } from "../../domain/video/Chunking.ts"
import type { MediaReport } from "../../domain/video/MediaReport.ts"
import type { Video } from "../../domain/video/Video.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { makeJobsFor } from "../engine/jobsFor.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { makeVideoWritten } from "../engine/written.ts"
import { Uploads } from "../video/Uploads.ts"

/** The video was removed or edited, or another server cuts its source. */
export class CuttingLost extends Data.TaggedError("CuttingLost") {}

/** A change of a video by the server that cuts its source. */
export interface CutChange {
  readonly video: Video
  /** New jobs. */
  readonly jobs: ReadonlyArray<RunnerJob>
  /** Other jobs that the same write changes. */
  readonly changed?: ReadonlyArray<RunnerJob>
  /** Stored files to which the video refers from now on. */
  readonly keys?: ReadonlyArray<FileKey>
  /** The probe results of these files, kept with the change. */
  readonly reports?: ReadonlyArray<MediaReport>
}

/** Changes of videos under the lease of the server that cuts. */
export interface Leased {
  /** Reads, decides, writes and pings runners, again after each conflict. The lease is renewed with it. */
  readonly change: <E = never>(
    id: VideoId,
    server: string,
    decide: (video: Video, now: DateTime.Utc) => CutChange | Effect.Effect<CutChange, E>
  ) => Effect.Effect<void, E | CuttingLost | PersistenceError>
  /** Shows signs of life until it is interrupted, or the lease is lost. */
  readonly renew: (id: VideoId, server: string) => Effect.Effect<never, CuttingLost>
}

const isOf = (video: Video, server: string): boolean =>
  Option.exists(video.chunking, ({ cutter }) => Option.exists(cutter, (held) => held.server === server))

const heldBy = (video: Video, lease: WorkLease): Video => ({
  ...video,
  chunking: Option.map(video.chunking, (chunking) => ({ ...chunking, cutter: Option.as(chunking.cutter, lease) }))
})

const renewed = (video: Video, server: string, now: DateTime.Utc): Video => ({
  ...heldBy(video, { server, at: now }),
  updatedAt: now
})

/** A lease that has expired. Its server is none, so that a write that was already on its way does not renew it. */
const NOBODYS: WorkLease = { server: "00000000-0000-0000-0000-000000000000", at: DateTime.unsafeMake(0) }

/**
 * Gives the lease of a server back, so that the next round of upkeep of any server continues to cut. Never fails: otherwise
 * the lease expires.
 */
export const makeGiveBack: Effect.Effect<(id: VideoId, server: string) => Effect.Effect<void>, never, VideoStore> =
  Effect.map(
    VideoStore,
    (videos) => (id: VideoId, server: string) =>
      Effect.gen(function* () {
        const found = Option.filter(yield* videos.find(id), (video) => isOf(video, server))
        if (Option.isSome(found)) yield* videos.save(heldBy(found.value, NOBODYS), [])
      }).pipe(retryConflicts, Effect.ignoreLogged)
  )

/** Changes under a lease, over the ports. */
export const makeLeased: Effect.Effect<
  Leased,
  never,
  VideoStore | RunnerNotifier | Uploads | AfterCommit | ConnectorConfig
> = Effect.gen(function* () {
  const { completionSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const uploads = yield* Uploads
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const jobsFor = yield* makeJobsFor

  const change: Leased["change"] = (id, server, decide) =>
    Effect.gen(function* () {
      const found = yield* videos.find(id)
      if (Option.isNone(found) || !isOf(found.value, server)) return yield* new CuttingLost()
      const now = yield* DateTime.now
      const decided = decide(found.value, now)
      const { changed = [], jobs, keys = [], reports, video } = Effect.isEffect(decided) ? yield* decided : decided
      const next = renewed(video, server, now)
      const added = jobsFor(next, jobs)
      yield* afterCommit.run({
        write: uploads.handOver(keys, (held) => videos.save(next, changed, added, held, reports)),
        written: wasWritten(next),
        effects: () => notifier.availableJobs(demandOf(added))
      })
    }).pipe(retryConflicts)

  return {
    change,
    renew: (id, server) =>
      Effect.delay(
        Effect.catchTag(
          change(id, server, (video) => ({ video, jobs: [] })),
          "PersistenceError",
          (error) => Effect.logDebug("The sign of life of a server that cuts was not written", error)
        ),
        Duration.times(completionSilence, 1 / 4)
      ).pipe(Effect.forever)
  }
})
