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
import type { JobTypes, KeptFiles, Publication } from "../../jobs/JobType.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { spanned } from "../../ports/Spans.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { AttemptLost } from "../errors.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { type Decision, type Guard, makeAdvance } from "./advance.ts"
import { filesOfAttempt } from "./attempt.ts"
import { makeJobsFor } from "./jobsFor.ts"
import { RunnerOutcomes } from "./RunnerOutcomes.ts"
import { retryConflicts } from "./retryConflicts.ts"

/** Makes stored results visible. */
export class Publishing extends Context.Tag("@runner-connector/core/Publishing")<
  Publishing,
  {
    /**
     * Writes a new master playlist under a name of this attempt, then writes video and job together. A concurrent
     * publication repeats this from the newer video, so that no rendition is lost and no playlist names a missing file.
     * Without a publication, or without the video, completes the job and deletes the files of the attempt, unless they are
     * kept for the host. Fails with `AttemptLost` when the job no longer belongs to this attempt. Returns the completed job.
     */
    readonly publish: (
      attempt: RunnerJob,
      publication: Option.Option<Publication | KeptFiles>
    ) => Effect.Effect<RunnerJob, AttemptLost | FileStorageError | PersistenceError>
  }
>() {}

const playlistType = { contentType: "application/vnd.apple.mpegurl" }

const sameAttempt = Option.getEquivalence((a: string, b: string) => a === b)

/**
 * Allows this attempt while its result is being stored, and only in the process that stores it. A process that
 * continues after an interruption excludes the previous one.
 */
export const stillStoring =
  (attempt: RunnerJob): Guard<AttemptLost> =>
  (job) =>
    job.state === "Completing" &&
    sameAttempt(job.attemptId, attempt.attemptId) &&
    job.interruptions === attempt.interruptions
      ? Effect.void
      : new AttemptLost({ id: job.id })

/** True when this attempt was published. */
export const isPublished = (attempt: RunnerJob, job: RunnerJob | undefined): boolean =>
  job?.state === "Completed" && sameAttempt(job.attemptId, attempt.attemptId)

/** True when another process continues to store this attempt, under the same file names. */
export const isContinued = (attempt: RunnerJob, job: RunnerJob | undefined): boolean =>
  job?.state === "Completing" && sameAttempt(job.attemptId, attempt.attemptId)

/** Reads whether the write that published this attempt took effect. */
const makeWasPublished = Effect.map(
  JobStore,
  (jobs) => (attempt: RunnerJob) =>
    Effect.map(jobs.family(attempt.id), ([job]) => (isPublished(attempt, job) ? Option.some(undefined) : Option.none()))
)

/** Writes the master playlist of the changed video. Leaves a video without streams as it is. */
const makeWithMaster = Effect.map(
  FileStorage,
  (storage) => (video: Video, playlistKey: Option.Option<FileKey>, now: DateTime.Utc) =>
    Effect.gen(function* () {
      if (Option.isNone(playlistKey) || !hasStreams(video)) return video
      const text = Stream.encodeText(Stream.make(masterPlaylist(video.files, video.captions)))
      yield* storage.write(playlistKey.value, text, playlistType)
      return withPlaylist(video, playlistKey.value, now)
    })
)

/** Changes the video and completes the job in one write. */
const makePublishInVideo = Effect.gen(function* () {
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const notifier = yield* RunnerNotifier
  const afterCommit = yield* AfterCommit
  const withMaster = yield* makeWithMaster
  const wasPublished = yield* makeWasPublished
  const jobsFor = yield* makeJobsFor

  return spanned("Publishing.publishIn")(function* (
    before: Video,
    publication: Publication,
    attempt: RunnerJob,
    changed: Decision["changed"]
  ) {
    const now = yield* DateTime.now
    const listed = yield* withMaster(publication.change(before, now), publication.playlistKey, now)
    const next = publication.canPublish ? published(listed) : listed
    const added = jobsFor(next, publication.jobs(next, now))
    // The job type has moved or copied the files that waited for the result.
    const waited = waitingKeys(attempt)
    const removeWaited = Effect.ignoreLogged(Effect.forEach(waited, (key) => storage.remove(key), { discard: true }))
    const ping = notifier.availableJobs(demandOf([...changed, ...added]))
    const video = { ...next, pendingDeletion: scheduleDeletion(next, waited, now) }
    yield* afterCommit.run({
      write: videos.save(video, changed, added, [], publication.reports),
      written: wasPublished(attempt),
      effects: () => Effect.zipRight(removeWaited, ping)
    })
  })
})

const isKept = (outcome: Publication | KeptFiles): outcome is KeptFiles => "keepsFiles" in outcome

/** Completes a job whose result changes no video, and deletes the files of the attempt that are not kept. */
const makeCompleteAlone = Effect.gen(function* () {
  const jobs = yield* JobStore
  const storage = yield* FileStorage
  const notifier = yield* RunnerNotifier
  const filesOf = yield* filesOfAttempt
  const afterCommit = yield* AfterCommit
  const wasPublished = yield* makeWasPublished

  return Effect.fnUntraced(function* (attempt: RunnerJob, changed: Decision["changed"], keeps: boolean) {
    // The files are deleted first, because no record of them remains once the job has ended.
    const useless = keeps ? waitingKeys(attempt) : filesOf(attempt)
    yield* Effect.forEach(useless, (key) => storage.remove(key), { discard: true })
    yield* afterCommit.run({
      write: jobs.commit(changed),
      written: wasPublished(attempt),
      effects: () => notifier.availableJobs(demandOf(changed))
    })
  })
})

const make = Effect.gen(function* () {
  const { decide } = yield* makeAdvance
  const videos = yield* VideoStore
  const publishInVideo = yield* makePublishInVideo
  const completeAlone = yield* makeCompleteAlone
  const outcomes = yield* RunnerOutcomes

  const publishOnce = spanned("Publishing.publishOnce")(function* (
    attempt: RunnerJob,
    outcome: Option.Option<Publication | KeptFiles>
  ) {
    const publication = Option.filter(outcome, (one): one is Publication => !isKept(one))
    const { changed } = yield* decide(attempt.id, stillStoring(attempt), JobEvent.ResultStored()).pipe(
      Effect.catchTag("UnknownJob", "WrongJobState", () => new AttemptLost({ id: attempt.id }))
    )
    const video = yield* Effect.transposeMapOption(publication, ({ videoId }) => videos.find(videoId))
    yield* Option.match(Option.all([Option.flatten(video), publication]), {
      onNone: () => completeAlone(attempt, changed, Option.exists(outcome, isKept)),
      onSome: ([found, known]) => publishInVideo(found, known, attempt, changed)
    })
    yield* outcomes.succeeded(attempt)
    return changed[0]
  })

  return Publishing.of({
    publish: (attempt, publication) => retryConflicts(publishOnce(attempt, publication))
  })
})

/** Publication over the ports. */
export const layer: Layer.Layer<
  Publishing,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | AfterCommit
> = Layer.effect(Publishing, make)
