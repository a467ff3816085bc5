import { DateTime, Duration, Effect, Equivalence, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { durationOf } from "../../domain/video/VideoMachine.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { type Guard, makeAdvance } from "../engine/advance.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { each, StillAlive, type Watchdog } from "./watchdog.ts"

type Requirements = Effect.Effect.Context<typeof makeAdvance> | VideoFinalizer

/** Slow machines need several times the duration of a video, and may report whole percents only. */
const DURATIONS = 4
/** More jobs than runners hold at a time: one that may wait longer than others must not hide them. */
const MANY = 10_000

const sameAttempt = Option.getEquivalence(Equivalence.string)

/** Permits ending this attempt only while its progress stands where it stood when the job was listed. */
const stillStuck =
  (listed: RunnerJob): Guard<StillAlive> =>
  (job) =>
    job.state === "Processing" &&
    sameAttempt(job.attemptId, listed.attemptId) &&
    Option.getEquivalence(DateTime.Equivalence)(job.progressedAt, listed.progressedAt)
      ? Effect.void
      : new StillAlive()

/** How long the progress of this job may stand still. */
const makePatience = Effect.gen(function* () {
  const { progressSilence } = yield* ConnectorConfig
  const videos = yield* VideoStore
  return Effect.fnUntraced(function* (job: RunnerJob) {
    const video = yield* Effect.transposeMapOption(job.videoId, videos.find)
    const seconds = Option.getOrElse(Option.flatMap(Option.flatten(video), durationOf), () => 0)
    return Duration.sum(progressSilence, Duration.seconds(seconds * DURATIONS))
  })
})

/**
 * Takes VOD jobs from runners that report but do not get on: the progress stands still for too long, or the attempt
 * takes longer than any may. A stopped FFmpeg or a hanging download looks like that.
 */
export const makeReleaseHungWork: Effect.Effect<Watchdog, never, Requirements> = Effect.gen(function* () {
  const { progressSilence, vodRunTime } = yield* ConnectorConfig
  const types = yield* JobTypes
  const store = yield* JobStore
  const patienceWith = yield* makePatience
  const finalizer = yield* VideoFinalizer
  const { advance } = yield* makeAdvance
  const vod = types.all.filter((type) => type.silence === "vod").map(({ name }) => name)

  const release = (job: RunnerJob, message: string) =>
    advance(job.id, stillStuck(job), JobEvent.Aborted({ stalled: true, message })).pipe(
      Effect.tap((released) => finalizer.afterJob(released)),
      Effect.zipRight(
        Effect.annotateLogs(Effect.logWarning("A runner without progress lost its job"), { job: job.id, message })
      ),
      Effect.catchTag("StillAlive", "UnknownJob", "WrongJobState", () => Effect.void)
    )

  const releaseStuck = (now: DateTime.Utc) => (job: RunnerJob) =>
    Effect.gen(function* () {
      const patience = yield* patienceWith(job)
      const isStuck = Option.exists(job.progressedAt, DateTime.lessThan(DateTime.subtractDuration(now, patience)))
      if (isStuck) yield* release(job, `The progress did not change for more than ${Duration.format(patience)}`)
    })

  return Effect.gen(function* () {
    const now = yield* DateTime.now
    const processing = { state: "Processing", types: vod, limit: MANY } as const
    const started = DateTime.subtractDuration(now, vodRunTime)
    const endless = yield* store.listSilent({ ...processing, by: "startedAt", since: started })
    yield* each(endless, (job) => release(job, `The attempt took longer than ${Duration.format(vodRunTime)}`))
    const moved = DateTime.subtractDuration(now, progressSilence)
    yield* each(yield* store.listSilent({ ...processing, by: "progressedAt", since: moved }), releaseStuck(now))
  })
})
