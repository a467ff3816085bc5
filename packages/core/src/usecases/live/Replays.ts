import { Context, DateTime, Effect, Layer, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { VideoId } from "../../domain/Ids.ts"
import { isReplayDue, recorded, recordingsOf, unrecordable } from "../../domain/live/LiveMachine.ts"
import type { LiveSession } from "../../domain/live/LiveSession.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { Video } from "../../domain/video/Video.ts"
import { prepareJobs } from "../../jobs/jobGraph.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import type { MediaProbe, ProbeError } from "../../ports/MediaProbe.ts"
import type { MediaRemuxer } from "../../ports/MediaRemuxer.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import { makeJobsFor } from "../engine/jobsFor.ts"
import { retryConflicts } from "../engine/retryConflicts.ts"
import { makeVideoWritten } from "../engine/written.ts"
import { makeRecord } from "./recordLive.ts"

/** Makes replays of ended lives. */
export class Replays extends Context.Tag("@runner-connector/core/Replays")<
  Replays,
  {
    /**
     * Joins the stored segments and starts transcoding by the plan of the video. Does nothing when no replay is due.
     * Can be repeated after an error or a crash.
     */
    readonly make: (id: VideoId) => Effect.Effect<void, FileStorageError | ProbeError | PersistenceError>
  }
>() {}

/** The recordings that a video refers to. */
const usedBy = ({ soundKey, sourceKey, thumbnailKey }: Video): ReadonlyArray<FileKey> =>
  [sourceKey, soundKey, thumbnailKey].flatMap(Option.toArray)

/**
 * Deletes recordings that the video does not refer to: after its removal, or after another server made the replay.
 */
const makeClearUp = Effect.gen(function* () {
  const storage = yield* FileStorage
  const videos = yield* VideoStore
  return (video: Video) =>
    Effect.gen(function* () {
      const now = yield* videos.find(video.id)
      const kept = new Set(Option.match(now, { onNone: () => [], onSome: usedBy }))
      if (Option.exists(now, isReplayDue)) return
      yield* Effect.forEach(recordingsOf(video), (key) => (kept.has(key) ? Effect.void : storage.remove(key)))
    }).pipe(Effect.ignoreLogged)
})

/** Records the live and adds the jobs that transcode the recordings. */
const makeTranscode = Effect.gen(function* () {
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const record = yield* makeRecord
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeVideoWritten
  const jobsFor = yield* makeJobsFor

  return Effect.fnUntraced(function* (video: Video, session: LiveSession) {
    const { baseName, destination, id, plan } = video
    const { reports, ...recordings } = yield* record(video, session)
    const { sound, source } = recordings
    const at = yield* DateTime.now
    const place = { destination, baseName }
    const jobsOf = yield* prepareJobs({ plan, source })
    const next = recorded(video, recordings, at)
    const jobs = jobsFor(next, jobsOf({ videoId: id, place, source, plan, separatedSound: Option.isSome(sound), at }))
    yield* afterCommit.run({
      write: videos.save(next, [], jobs, [], reports),
      written: wasWritten(next),
      effects: () => notifier.availableJobs(demandOf(jobs))
    })
    yield* Effect.logInfo("A live became a video").pipe(Effect.annotateLogs({ video: id, renditions: jobs.length }))
  })
})

const make = Effect.gen(function* () {
  const videos = yield* VideoStore
  const transcode = yield* makeTranscode
  const clearUp = yield* makeClearUp

  const refuse = (video: Video, reason: string) =>
    Effect.gen(function* () {
      yield* videos.save(unrecordable(video, reason, yield* DateTime.now), [])
      yield* Effect.logWarning("No video can be made of a live").pipe(Effect.annotateLogs({ video: video.id, reason }))
    })

  const makeReplay = (video: Video, session: LiveSession) =>
    transcode(video, session).pipe(
      Effect.catchTag("UnusableMedia", ({ message }) => refuse(video, message)),
      Effect.ensuring(clearUp(video))
    )

  return Replays.of({
    make: (id) =>
      Effect.flatMap(videos.find(id), (found) => {
        const due = Option.filter(found, isReplayDue)
        const session = Option.flatMap(due, ({ live }) => live)
        return Effect.transposeOption(Option.zipWith(due, session, makeReplay))
      }).pipe(Effect.asVoid, retryConflicts, Effect.withSpan("Replays.make"))
  })
})

/** Replays over the ports. */
export const layer: Layer.Layer<
  Replays,
  never,
  VideoStore | FileStorage | MediaProbe | MediaRemuxer | RunnerNotifier | AfterCommit | ConnectorConfig
> = Layer.effect(Replays, make)
