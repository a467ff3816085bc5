import { DateTime, Effect, Option } from "effect"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobEvent, WrongJobState } from "../../domain/job/JobMachine.ts"
import type { Plan } from "../../domain/job/JobPlan.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import type { Video } from "../../domain/video/Video.ts"
import { scheduleDeletion } from "../../domain/video/VideoMachine.ts"
import { FileStorage, type FileStorageError } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import type { UnknownJob } from "../errors.ts"
import { AfterCommit } from "./AfterCommit.ts"
import { type Guard, type MovingJobs, makeAdvance } from "./advance.ts"
import { filesOfAttempt } from "./attempt.ts"
import { changedBy, makeFailureEffects } from "./failureEffects.ts"
import { RunnerOutcomes } from "./RunnerOutcomes.ts"
import { retryConflicts } from "./retryConflicts.ts"
import { VideoFinalizer } from "./VideoFinalizer.ts"
import { makeJobWritten } from "./written.ts"

/**
 * Takes a job out of Completing and removes the stored files of its result. The same write marks the files for
 * deletion, so that upkeep removes what a crash or an error of the storage leaves behind.
 */
export type Withdraw = <E>(
  attempt: RunnerJob,
  may: Guard<E>,
  event: JobEvent
) => Effect.Effect<void, E | UnknownJob | WrongJobState | FileStorageError | PersistenceError>

/** Adds files to the pending deletions of the video. */
export const withPendingDeletion = (video: Video, keys: ReadonlyArray<FileKey>, now: DateTime.Utc): Video => ({
  ...video,
  pendingDeletion: scheduleDeletion(video, keys, now),
  updatedAt: now
})

/** Writes a withdrawal, with the video when there is one, and removes the files. */
const makeWrite = Effect.gen(function* () {
  const failureEffects = yield* makeFailureEffects
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const storage = yield* FileStorage
  const notifier = yield* RunnerNotifier
  const finalizer = yield* VideoFinalizer
  const afterCommit = yield* AfterCommit
  const wasWritten = yield* makeJobWritten

  const follow = (changed: Plan["changed"]) =>
    Effect.zipRight(notifier.availableJobs(demandOf(changed)), finalizer.afterJob(changed[0]))

  const removeAll = (keys: ReadonlyArray<FileKey>) =>
    Effect.forEach(keys, (key) => storage.remove(key), { discard: true })

  return Effect.fnUntraced(function* (
    video: Option.Option<Video>,
    keys: ReadonlyArray<FileKey>,
    changed: Plan["changed"]
  ) {
    const written = wasWritten(changed[0])
    if (Option.isNone(video)) {
      // Without its video nothing can be published, and no record of the files would be left.
      yield* removeAll(keys)
      return yield* afterCommit.run({ write: jobs.commit(changed), written, effects: () => follow(changed) })
    }
    const now = yield* DateTime.now
    const changes = failureEffects.of(changed)
    const next = changedBy(withPendingDeletion(video.value, keys, now), changes, now)
    yield* afterCommit.run({
      write: videos.save(next, changed),
      written,
      effects: () => Effect.zipRight(Effect.ignoreLogged(removeAll(keys)), follow(changed))
    })
  })
})

/** Withdrawal over the ports. */
export const makeWithdraw: Effect.Effect<Withdraw, never, MovingJobs | VideoFinalizer> = Effect.gen(function* () {
  const { decide } = yield* makeAdvance
  const videos = yield* VideoStore
  const filesOf = yield* filesOfAttempt
  const write = yield* makeWrite
  const outcomes = yield* RunnerOutcomes

  const once = <E>(attempt: RunnerJob, may: Guard<E>, event: JobEvent) =>
    Effect.gen(function* () {
      const { before, changed } = yield* decide(attempt.id, may, event)
      const keys = filesOf(attempt)
      const video = yield* Effect.transposeMapOption(attempt.videoId, videos.find)
      yield* write(Option.flatten(video), keys, changed)
      yield* outcomes.failed(before, changed[0])
    })

  return (attempt, may, event) => retryConflicts(once(attempt, may, event))
})
