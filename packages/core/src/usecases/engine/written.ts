import { Effect, Option } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Video } from "../../domain/video/Video.ts"
import { isJobWritten, isVideoWritten } from "../../domain/writeOutcome.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { VideoStore } from "../../ports/VideoStore.ts"

type Written<A> = (written: A) => Effect.Effect<Option.Option<void>, PersistenceError>

const when = Option.liftPredicate((isWritten: boolean) => isWritten)
const outcome = (isWritten: boolean): Option.Option<void> => Option.asVoid(when(isWritten))

/** Reads whether this write of a job took effect; see `Commit.written`. */
export const makeJobWritten: Effect.Effect<Written<RunnerJob>, never, JobStore> = Effect.map(
  JobStore,
  (store) => (job) =>
    Effect.map(store.family(job.id), ([stored]) => outcome(stored !== undefined && isJobWritten(job, stored)))
)

/** Reads whether this new job was added; see `Commit.written`. */
export const makeJobAdded: Effect.Effect<Written<Pick<RunnerJob, "id">>, never, JobStore> = Effect.map(
  JobStore,
  (store) =>
    ({ id }) =>
      Effect.map(store.family(id), ([stored]) => outcome(stored !== undefined))
)

/** Reads whether this write of a video took effect; see `Commit.written`. */
export const makeVideoWritten: Effect.Effect<Written<Video>, never, VideoStore> = Effect.map(
  VideoStore,
  (videos) => (video) =>
    Effect.map(videos.find(video.id), (stored) => outcome(Option.exists(stored, (now) => isVideoWritten(video, now))))
)
