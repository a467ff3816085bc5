import { Context, DateTime, Effect, Layer, Option, Stream } from "effect"
import type { ConnectorConfig } from "../ConnectorConfig.ts"
import { masterKey } from "../domain/FileNames.ts"
import { masterPlaylist } from "../domain/HlsPlaylist.ts"
import { JobEvent } from "../domain/JobMachine.ts"
import type { RunnerJob } from "../domain/RunnerJob.ts"
import type { Video } from "../domain/Video.ts"
import { withPlaylist } from "../domain/VideoMachine.ts"
import type { JobTypes, Publication } from "../jobs/JobType.ts"
import { ConnectorHooks, heard } from "../ports/ConnectorHooks.ts"
import { FileStorage, type FileStorageError } from "../ports/FileStorage.ts"
import { type JobConflict, JobStore } from "../ports/JobStore.ts"
import type { PersistenceError } from "../ports/PersistenceError.ts"
import { RunnerNotifier } from "../ports/RunnerNotifier.ts"
import { Identifiers } from "../ports/Tokens.ts"
import { type VideoConflict, VideoStore } from "../ports/VideoStore.ts"
import { type May, makeAdvance } from "./advance.ts"
import { AttemptLost } from "./errors.ts"
import { retryConflicts } from "./retryConflicts.ts"

/** Makes stored results visible. */
export class Publishing extends Context.Tag("@runner-connector/core/Publishing")<
  Publishing,
  {
    /**
     * Writes the master playlist anew under a name of its own, then moves video and job together. Whoever comes second
     * begins anew from what the first has made, so no rendition is lost; a playlist never names a file that is not
     * stored. Fails with `AttemptLost` when the job is no longer this try's. True when something is published now;
     * false when the video is gone.
     */
    readonly publish: (
      attempt: RunnerJob,
      publication: Option.Option<Publication>
    ) => Effect.Effect<boolean, AttemptLost | FileStorageError | PersistenceError>
  }
>() {}

const playlistType = { contentType: "application/vnd.apple.mpegurl" }

const sameResult = Option.getEquivalence((a: string, b: string) => a === b)

/** Permits this very try while its result is being stored. */
export const stillStoring =
  (attempt: RunnerJob): May<AttemptLost> =>
  (job) =>
    job.state === "Completing" && sameResult(job.resultId, attempt.resultId)
      ? Effect.void
      : new AttemptLost({ id: job.id })

/** True when this very try is the one that was published. */
export const isPublished = (attempt: RunnerJob, job: RunnerJob | undefined): boolean =>
  job?.state === "Completed" && sameResult(job.resultId, attempt.resultId)

const make = Effect.gen(function* () {
  const { decide } = yield* makeAdvance
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const hooks = yield* ConnectorHooks
  const notifier = yield* RunnerNotifier
  const ids = yield* Identifiers

  /** The video with a master playlist that is stored already, and how to take that back. */
  const withStoredPlaylist = Effect.fn("Publishing.withStoredPlaylist")(function* (video: Video) {
    const key = masterKey(video, yield* ids.uuid)
    yield* storage.write(key, Stream.encodeText(Stream.make(masterPlaylist(video.files))), playlistType)
    return { next: withPlaylist(video, key, yield* DateTime.now), takeBack: Effect.ignore(storage.remove(key)) }
  })

  /**
   * A lost connection can hide a write that was made. Only when a later read shows that it was not made is the
   * playlist taken back; while nobody knows, it stays.
   */
  const saveSurely = Effect.fn("Publishing.saveSurely")(function* (
    attempt: RunnerJob,
    write: Effect.Effect<void, VideoConflict | JobConflict | PersistenceError>,
    takeBack: Effect.Effect<void>
  ) {
    yield* Effect.catchAll(write, (error) =>
      Effect.gen(function* () {
        const made = error._tag === "PersistenceError" && isPublished(attempt, (yield* jobs.family(attempt.id))[0])
        if (made) return
        yield* takeBack
        return yield* Effect.fail(error)
      })
    )
  })

  const announce = (before: Video, after: Video, publication: Publication) =>
    Effect.gen(function* () {
      if (Option.isSome(publication.added)) yield* heard(hooks.renditionReady(after, publication.added.value))
      if (before.state !== "Published" && after.state === "Published") yield* heard(hooks.videoPlayable(after))
    })

  const publishOnce = Effect.fn("Publishing.publishOnce")(function* (
    attempt: RunnerJob,
    publication: Option.Option<Publication>
  ) {
    const { changed, pingRunners } = yield* decide(attempt.id, stillStoring(attempt), JobEvent.ResultStored()).pipe(
      Effect.catchTag("UnknownJob", "WrongJobState", () => new AttemptLost({ id: attempt.id }))
    )
    const found = Option.isSome(publication) ? yield* videos.find(publication.value.videoId) : Option.none<Video>()
    if (Option.isNone(publication) || Option.isNone(found)) {
      yield* jobs.commit(changed)
    } else {
      const changedVideo = publication.value.change(found.value, yield* DateTime.now)
      const { next, takeBack } = yield* withStoredPlaylist(changedVideo)
      yield* saveSurely(attempt, videos.save(next, changed), takeBack)
      yield* announce(found.value, next, publication.value)
    }
    if (pingRunners) yield* notifier.availableJobs
    return Option.isSome(found)
  })

  return Publishing.of({
    publish: (attempt, publication) => retryConflicts(Effect.uninterruptible(publishOnce(attempt, publication)))
  })
})

export const layer: Layer.Layer<
  Publishing,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig
> = Layer.effect(Publishing, make)
