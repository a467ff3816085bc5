import { Context, DateTime, Effect, Layer, Option, Stream } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import { masterPlaylist } from "../../domain/hls/HlsPlaylist.ts"
import { waitingKeys } from "../../domain/job/CustomUploads.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { Video } from "../../domain/video/Video.ts"
import { hasStreams, published, scheduleDeletion, withPlaylist } from "../../domain/video/VideoMachine.ts"
import type { JobTypes, Publication } from "../../jobs/JobType.ts"
import { ConnectorHooks, heard } from "../../ports/ConnectorHooks.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AttemptLost } from "../errors.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { type Decision, type Guard, makeAdvance } from "./advance.ts"
import { filesOfAttempt } from "./attempt.ts"
import { retryConflicts } from "./retryConflicts.ts"

/** Makes stored results visible. */
export class Publishing extends Context.Tag("@runner-connector/core/Publishing")<
  Publishing,
  {
    /**
     * Writes the master playlist anew under a name of the try's own, then moves video and job together. Whoever comes
     * second begins anew from what the first has made, so no rendition is lost; a playlist never names a file that is
     * not stored. When there is nothing to publish, or the video is gone, the files of the try go and the job is
     * completed all the same. Fails with `AttemptLost` when the job is no longer this try's. Gives the job as it is
     * then.
     */
    readonly publish: (
      attempt: RunnerJob,
      publication: Option.Option<Publication>
    ) => Effect.Effect<RunnerJob, AttemptLost | FileStorageError | PersistenceError>
  }
>() {}

const playlistType = { contentType: "application/vnd.apple.mpegurl" }

const sameAttempt = Option.getEquivalence((a: string, b: string) => a === b)

/**
 * Permits this attempt while its result is being stored, and only to the process that stores it: a process that
 * continues after an interruption locks out the one before.
 */
export const stillStoring =
  (attempt: RunnerJob): Guard<AttemptLost> =>
  (job) =>
    job.state === "Completing" &&
    sameAttempt(job.attemptId, attempt.attemptId) &&
    job.interruptions === attempt.interruptions
      ? Effect.void
      : new AttemptLost({ id: job.id })

/** True when this very attempt is the one that was published. */
export const isPublished = (attempt: RunnerJob, job: RunnerJob | undefined): boolean =>
  job?.state === "Completed" && sameAttempt(job.attemptId, attempt.attemptId)

/** True when another process continues to store this attempt, under the same file names. */
export const isContinued = (attempt: RunnerJob, job: RunnerJob | undefined): boolean =>
  job?.state === "Completing" && sameAttempt(job.attemptId, attempt.attemptId)

const make = Effect.gen(function* () {
  const { decide } = yield* makeAdvance
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const hooks = yield* ConnectorHooks
  const notifier = yield* RunnerNotifier
  const filesOf = yield* filesOfAttempt
  const afterCommit = yield* AfterCommit

  const wasPublished = (attempt: RunnerJob) =>
    Effect.map(jobs.family(attempt.id), ([job]) => (isPublished(attempt, job) ? Option.some(undefined) : Option.none()))

  const announce = (before: Video, after: Video, publication: Publication) =>
    Effect.gen(function* () {
      yield* heard(publication.announce(hooks, after))
      if (before.state !== "Published" && after.state === "Published") yield* heard(hooks.videoPlayable(after))
    })

  /** The video with a master playlist of all that it has by now; as it is while there is nothing to be played by one. */
  const withMaster = (video: Video, playlistKey: Option.Option<FileKey>, now: DateTime.Utc) =>
    Effect.gen(function* () {
      if (Option.isNone(playlistKey) || !hasStreams(video)) return video
      const text = Stream.encodeText(Stream.make(masterPlaylist(video.files, video.captions)))
      yield* storage.write(playlistKey.value, text, playlistType)
      return withPlaylist(video, playlistKey.value, now)
    })

  const publishIn = Effect.fn("Publishing.publishIn")(function* (
    video: Video,
    publication: Publication,
    attempt: RunnerJob,
    changed: Decision["changed"]
  ) {
    const now = yield* DateTime.now
    const listed = yield* withMaster(publication.change(video, now), publication.playlistKey, now)
    const next = publication.canPublish ? published(listed) : listed
    const added = publication.jobs(next, now)
    // What waited for the result was taken over, or copied, by whoever stored it.
    const waited = waitingKeys(attempt)
    const removeWaited = Effect.ignoreLogged(Effect.forEach(waited, (key) => storage.remove(key), { discard: true }))
    const ping = notifier.availableJobs(demandOf([...changed, ...added]))
    yield* afterCommit.run({
      write: videos.save({ ...next, pendingDeletion: scheduleDeletion(next, waited, now) }, changed, added),
      written: wasPublished(attempt),
      effects: () => Effect.all([announce(video, next, publication), removeWaited, ping], { discard: true })
    })
  })

  const publishOnce = Effect.fn("Publishing.publishOnce")(function* (
    attempt: RunnerJob,
    publication: Option.Option<Publication>
  ) {
    const { changed } = yield* decide(attempt.id, stillStoring(attempt), JobEvent.ResultStored()).pipe(
      Effect.catchTag("UnknownJob", "WrongJobState", () => new AttemptLost({ id: attempt.id }))
    )
    const video = Option.isSome(publication) ? yield* videos.find(publication.value.videoId) : Option.none<Video>()
    if (Option.isSome(publication) && Option.isSome(video)) {
      yield* publishIn(video.value, publication.value, attempt, changed)
    } else {
      // Removed first: no record would be left of the files of a job that has ended.
      yield* Effect.forEach(yield* filesOf(attempt), (key) => storage.remove(key), { discard: true })
      yield* afterCommit.run({
        write: jobs.commit(changed),
        written: wasPublished(attempt),
        effects: () => notifier.availableJobs(demandOf(changed))
      })
    }
    return changed[0]
  })

  return Publishing.of({
    publish: (attempt, publication) => retryConflicts(Effect.uninterruptible(publishOnce(attempt, publication)))
  })
})

/** Publication, over the ports. */
export const layer: Layer.Layer<
  Publishing,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | AfterCommit
> = Layer.effect(Publishing, make)
