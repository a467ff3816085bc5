import { Array as Arr, DateTime, Effect, Option } from "effect"
import { createdVideoEvents, removedVideoEvents, videoEvents } from "../../domain/event/videoEvents.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { MediaReport } from "../../domain/video/MediaReport.ts"
import type { NewVideo, Video } from "../../domain/video/Video.ts"
import { JobConflict } from "../JobStore.ts"
import { ExternalIdTaken, VideoConflict, type VideoKey, VideoStore } from "../VideoStore.ts"
import { listVideos } from "./listVideos.ts"
import { reportsAfter } from "./MemoryMediaReportStore.ts"
import {
  assertUploads,
  attempt,
  type MemoryState,
  planJobInserts,
  planJobWrites,
  type Record,
  storedVideo,
  writeJobs
} from "./MemoryState.ts"

const MAX_LISTED = 100

/** The video store over the given state. */
export const make = (state: MemoryState): VideoStore["Type"] => {
  const select = (wanted: (video: Video) => boolean): Effect.Effect<ReadonlyArray<Video>> =>
    Effect.sync(() => Array.from(state.videos.values()).filter(wanted).slice(0, MAX_LISTED))

  return VideoStore.of({
    insert: (video, jobs, uploads = [], reports = []) =>
      Effect.flatMap(
        attempt(state, "VideoStore.insert", (record) => insert(state, video, { jobs, uploads, reports }, record)),
        (stored): Effect.Effect<Video, ExternalIdTaken> =>
          stored instanceof ExternalIdTaken ? stored : Effect.succeed(stored)
      ),
    find: (id) => Effect.sync(() => Option.fromNullable(state.videos.get(id))),
    findBy: (key) => Effect.sync(() => findBy(state, key)),
    save: (video, jobs, added = [], uploads = [], reports = []) =>
      Effect.flatMap(
        attempt(state, "VideoStore.save", (record) => save(state, video, { jobs, added, uploads, reports }, record)),
        (conflict): Effect.Effect<void, VideoConflict | JobConflict> => conflict ?? Effect.void
      ),
    remove: ({ id, revision }) =>
      Effect.flatMap(DateTime.now, (now) =>
        Effect.flatMap(
          attempt(state, "VideoStore.remove", (record) => {
            const current = state.videos.get(id)
            if (current === undefined) return undefined
            if (current.revision !== revision) return new VideoConflict({ id })
            state.videos.delete(id)
            state.reports.delete(id)
            return record(removedVideoEvents(current, now))
          }),
          (conflict): Effect.Effect<void, VideoConflict> => conflict ?? Effect.void
        )
      ),
    list: (filter) => Effect.sync(() => listVideos(state.videos.values(), filter)),
    listUnfinalized: select((video) => Option.isNone(video.endedAt) && !hasOpenJob(state, video)),
    listPendingDeletion: (before) =>
      select((video) => video.pendingDeletion.some(({ at }) => DateTime.lessThan(at, before)))
  })
}

/** The newest video with the key. */
const findBy = (state: MemoryState, key: VideoKey): Option.Option<Video> =>
  Arr.findLast(state.videos.values(), ({ destination, externalId }) =>
    "externalId" in key ? Option.contains(externalId, key.externalId) : destination === key.destination
  )

/** What is written together with a video. */
interface Together {
  readonly jobs: ReadonlyArray<RunnerJob>
  readonly uploads: ReadonlyArray<FileKey>
  readonly reports: ReadonlyArray<MediaReport>
}

/** Throws when the destination has a video in the state `ToImport` already. */
const assertOnlyImport = (state: MemoryState, video: Pick<NewVideo, "destination" | "state">): void => {
  if (video.state !== "ToImport") return
  const isSame = (other: Video) => other.state === video.state && other.destination === video.destination
  if (Array.from(state.videos.values()).some(isSame)) throw new Error(`${video.destination} has a video already`)
}

const insert = (
  state: MemoryState,
  video: NewVideo,
  { jobs, reports, uploads }: Together,
  record: Record
): Video | ExternalIdTaken => {
  const externalId = Option.getOrUndefined(video.externalId)
  if (externalId !== undefined && Option.isSome(findBy(state, { externalId }))) {
    return new ExternalIdTaken({ externalId })
  }
  assertUploads(state, uploads)
  const kept = reportsAfter(state, video, reports)
  assertOnlyImport(state, video)
  if (state.videos.has(video.id)) throw new Error(`There is a video ${video.id} already`)
  const added = planJobInserts(state, jobs)
  const stored = storedVideo({ ...video, number: state.nextNumber(), revision: 0 })
  state.videos.set(stored.id, stored)
  state.reports.set(stored.id, kept)
  record(createdVideoEvents(stored))
  writeJobs(state, added, record)
  for (const key of uploads) state.uploads.delete(key)
  return stored
}

const save = (
  state: MemoryState,
  video: Video,
  { added, jobs, reports, uploads }: Together & { readonly added: ReadonlyArray<RunnerJob> },
  record: Record
): VideoConflict | JobConflict | undefined => {
  const current = state.videos.get(video.id)
  if (current === undefined || current.revision !== video.revision) return new VideoConflict({ id: video.id })
  const { createdAt, number } = current
  const stored = storedVideo({ ...video, createdAt, number, revision: video.revision + 1 })
  const writes: ReadonlyMap<JobId, RunnerJob> | JobConflict = planJobWrites(state, jobs)
  if (writes instanceof JobConflict) return writes
  assertUploads(state, uploads)
  const kept = reportsAfter(state, stored, reports)
  const inserts = planJobInserts(state, added)
  state.videos.set(video.id, stored)
  if (reports.length > 0) state.reports.set(video.id, kept)
  const changes = writeJobs(state, writes, record)
  record(videoEvents({ before: current, after: stored, jobs: changes }), {
    videos: [{ before: current, after: stored }]
  })
  writeJobs(state, inserts, record)
  for (const key of uploads) state.uploads.delete(key)
  return undefined
}

const hasOpenJob = (state: MemoryState, video: Video): boolean =>
  Array.from(state.jobs.values()).some(
    (job) => Option.contains(job.videoId, video.id) && job.awaited && !isTerminal(job)
  )
