import { DateTime, Effect, Option, Stream } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { withoutFailed } from "../../domain/chunk/Growth.ts"
import { masterPlaylist } from "../../domain/hls/HlsPlaylist.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { withoutChunks } from "../../domain/video/ChunkEnd.ts"
import { masterKey } from "../../domain/video/FileNames.ts"
import { missingRenditions } from "../../domain/video/MissingRenditions.ts"
import type { Video } from "../../domain/video/Video.ts"
import { hasStreams, reopened, scheduleDeletion, withPlaylist } from "../../domain/video/VideoMachine.ts"
import { graphOf, idsFor, jobsOf } from "../../jobs/jobGraph.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { Identifiers } from "../../ports/Tokens.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { makeJobsFor } from "../engine/jobsFor.ts"
import { makeKnownVideo } from "../engine/knownVideo.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { transcodable } from "../engine/transcodable.ts"
import { makeVideoWritten } from "../engine/written.ts"
import type { UnknownVideo, VideoNotTranscodable } from "../errors.ts"
import { makeInspectFiles } from "./inspectFiles.ts"
import { Uploads } from "./Uploads.ts"

const isOpenMerge = (job: RunnerJob): boolean => job.type === "vod-audio-merge-transcoding" && !isTerminal(job)

/**
 * Adds jobs for the renditions of the video's plan that neither exist nor are being made, from the best input that is
 * left. A rendition with a missing or damaged file, or with a chunk that has failed, is removed and made again, whole. A
 * missing or damaged master playlist is written again. Reopens the video in the same write when it adds jobs. Returns the
 * new jobs: none when nothing is missing. Of several calls at once one adds them.
 */
export type EnsureRenditions = (
  id: VideoId
) => Effect.Effect<ReadonlyArray<RunnerJob>, UnknownVideo | VideoNotTranscodable | FileStorageError | PersistenceError>

/** The jobs for the missing renditions, and the open merge that some of them wait for. */
const missingJobs = Effect.fnUntraced(function* (video: Video, jobs: ReadonlyArray<RunnerJob>, now: DateTime.Utc) {
  const { sound } = yield* transcodable(video)
  const graph = graphOf(video)
  const nodes = missingRenditions({ nodes: graph, video, jobs })
  const merges = jobs.filter(isOpenMerge).slice(0, 1)
  const place = { destination: video.destination, baseName: video.baseName }
  const request = { videoId: video.id, place, source: video.source, plan: video.plan, at: now }
  const ids = new Map(yield* idsFor(nodes))
  for (const { key, type } of graph) {
    if (type === "vod-audio-merge-transcoding" && merges[0] !== undefined) ids.set(key, merges[0].id)
  }
  return { added: jobsOf({ ...request, separatedSound: Option.isSome(sound) }, nodes, ids), merges }
})

/**
 * The video without new work. Chunks of an ended video are only kept for the retry of a rendition, so without one they
 * are deleted.
 */
const stillEnded = (video: Video, now: DateTime.Utc): Video =>
  Option.isSome(video.endedAt) ? withoutChunks(video, now) : video

/** Writes the master playlist under a new name. Without renditions there is none. */
const makeRewriteMaster = Effect.gen(function* () {
  const storage = yield* FileStorage
  const uploads = yield* Uploads
  const ids = yield* Identifiers
  return Effect.fnUntraced(function* (video: Video, now: DateTime.Utc) {
    if (!hasStreams(video)) {
      const pendingDeletion = scheduleDeletion(video, Option.toArray(video.playlistKey), now)
      return { ...video, playlistKey: Option.none(), pendingDeletion }
    }
    const key = masterKey(video, yield* ids.uuid)
    yield* Effect.catchTag(uploads.hold(key), "UploadExists", Effect.die)
    const text = Stream.encodeText(Stream.make(masterPlaylist(video.files, video.captions)))
    yield* storage.write(key, text, { contentType: "application/vnd.apple.mpegurl" })
    return withPlaylist(video, key, now)
  })
})

type Requirements = VideoStore | JobStore | RunnerNotifier | FileStorage | Uploads | AfterCommit | ConnectorConfig

/** `ensureRenditions` over the ports. */
export const makeEnsureRenditions: Effect.Effect<EnsureRenditions, never, Requirements> = Effect.gen(function* () {
  const videos = yield* VideoStore
  const knownVideo = yield* makeKnownVideo
  const store = yield* JobStore
  const notifier = yield* RunnerNotifier
  const uploads = yield* Uploads
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const inspect = yield* makeInspectFiles
  const rewriteMaster = yield* makeRewriteMaster
  const jobsFor = yield* makeJobsFor

  const once = Effect.fnUntraced(function* (id: VideoId) {
    const video = yield* knownVideo(id)
    yield* transcodable(video)
    const now = yield* DateTime.now
    const remaining = withoutFailed(video, now)
    const { broken, needsMaster, video: whole } = yield* inspect(remaining, now)
    if (broken.length > 0)
      yield* Effect.logWarning("Files are missing or damaged").pipe(Effect.annotateLogs({ broken }))
    // After the video: what is published between the two reads makes the write below find another revision.
    const { merges, ...missing } = yield* missingJobs(whole, yield* store.ofVideo(id), now)
    const added = jobsFor(whole, missing.added)
    if (added.length === 0 && broken.length === 0 && !needsMaster && remaining === video) return []
    const repaired = needsMaster ? yield* rewriteMaster(whole, now) : whole
    const next = { ...(added.length > 0 ? reopened(repaired, now) : stillEnded(repaired, now)), updatedAt: now }
    yield* afterCommit.run({
      // An open merge is also written at its revision. If it ended meanwhile, the jobs that wait for it would never learn.
      write: uploads.handOver(Option.toArray(next.playlistKey), (held) => videos.save(next, merges, added, held)),
      written: wasWritten(next),
      effects: () => notifier.availableJobs(demandOf(added))
    })
    const facts = { video: id, renditions: added.length, masterRewritten: needsMaster }
    yield* Effect.annotateLogs(Effect.logInfo("A video is completed"), facts)
    return added
  }, Effect.scoped)

  return spanned("Transcoding.ensureRenditions")((id) => retryConflicts(once(id)))
})
