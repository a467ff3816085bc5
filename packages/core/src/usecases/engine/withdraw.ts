import { DateTime, Effect, Option } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobEvent, WrongJobState } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { Video } from "../../domain/video/Video.ts"
import { scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { UnknownJob } from "../errors.ts"
import { type Guard, makeAdvance } from "./advance.ts"
import { filesOfAttempt } from "./attempt.ts"
import { changedBy, makeFailureEffects } from "./failureEffects.ts"
import { retryConflicts } from "./retryConflicts.ts"
import { VideoFinalizer } from "./VideoFinalizer.ts"

/**
 * Takes a job out of Completing, and removes what was stored of its result. Job and files go together: the files are
 * noted as retired in the same write, so that upkeep removes what a crash, or a trouble of the storage, leaves over.
 */
export type Withdraw = <E>(
  attempt: RunnerJob,
  may: Guard<E>,
  event: JobEvent
) => Effect.Effect<void, E | UnknownJob | WrongJobState | FileStorageError | PersistenceError>

/** The video with these files among those that nothing refers to any more. */
export const withPendingDeletion = (video: Video, keys: ReadonlyArray<FileKey>, now: DateTime.Utc): Video => ({
  ...video,
  pendingDeletion: scheduleDeletion(video, keys, now),
  updatedAt: now
})

/** Withdrawal over the ports. */
export const makeWithdraw: Effect.Effect<
  Withdraw,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | VideoFinalizer
> = Effect.gen(function* () {
  const { decide } = yield* makeAdvance
  const failureEffects = yield* makeFailureEffects
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const notifier = yield* RunnerNotifier
  const finalizer = yield* VideoFinalizer
  const filesOf = yield* filesOfAttempt

  const findVideo = (job: RunnerJob) =>
    Option.match(job.videoId, { onNone: () => Effect.succeed(Option.none<Video>()), onSome: videos.find })

  const once = <E>(attempt: RunnerJob, may: Guard<E>, event: JobEvent) =>
    Effect.gen(function* () {
      const { changed } = yield* decide(attempt.id, may, event)
      const keys = yield* filesOf(attempt)
      const remove = Effect.forEach(keys, (key) => storage.remove(key), { discard: true })
      const video = yield* findVideo(attempt)
      if (Option.isSome(video)) {
        const now = yield* DateTime.now
        const changes = yield* failureEffects.of(changed)
        const next = changedBy(withPendingDeletion(video.value, keys, now), changes, now)
        yield* videos.save(next, changed)
        yield* failureEffects.announce(changes, next)
        yield* notifier.availableJobs(demandOf(changed))
        yield* Effect.ignoreLogged(remove)
      } else {
        // Without its video nothing can be published any more, and nobody would remember the files afterwards.
        yield* remove
        yield* jobs.commit(changed)
        yield* notifier.availableJobs(demandOf(changed))
      }
      yield* finalizer.afterJob(changed[0])
    })

  return (attempt, may, event) => retryConflicts(once(attempt, may, event))
})
