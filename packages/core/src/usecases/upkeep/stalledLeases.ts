import { DateTime, Duration, Effect, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { makeAdvance } from "../engine/advance.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { each, stillSilent, type Watchdog } from "./watchdog.ts"

type Requirements = Effect.Effect.Context<typeof makeAdvance> | VideoFinalizer

/** Takes jobs from runners that have not reported for longer than the limit of the job's type. */
export const makeReleaseStalledLeases: Effect.Effect<Watchdog, never, Requirements> = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const types = yield* JobTypes
  const store = yield* JobStore
  const finalizer = yield* VideoFinalizer
  const { advance } = yield* makeAdvance

  const limitOf = (job: RunnerJob): Duration.Duration =>
    Option.exists(types.find(job.type), (type) => type.silence === "live") ? config.liveSilence : config.vodSilence

  const release = (job: RunnerJob, now: DateTime.Utc) => {
    const limit = limitOf(job)
    const message = `The runner was silent for more than ${Duration.format(limit)}`
    const event = JobEvent.Aborted({ stalled: true, message })
    return advance(job.id, stillSilent("Processing", DateTime.subtractDuration(now, limit)), event).pipe(
      Effect.tap((released) => finalizer.afterJob(released)),
      Effect.zipRight(Effect.logWarning("A silent runner lost its job").pipe(Effect.annotateLogs({ job: job.id }))),
      Effect.catchTag("StillAlive", "UnknownJob", "WrongJobState", () => Effect.void)
    )
  }

  const since = (now: DateTime.Utc, limit: Duration.Duration) =>
    ({ state: "Processing", since: DateTime.subtractDuration(now, limit) }) as const
  const live = types.all.filter((type) => type.silence === "live").map(({ name }) => name)

  return Effect.gen(function* () {
    const now = yield* DateTime.now
    // Live jobs have a list of their own: a list has a maximum length, and a long queue of VOD jobs must not delay them.
    const silent = yield* store.listSilent({ ...since(now, config.liveSilence), types: live })
    yield* each(silent, (job) => release(job, now))
    yield* each(yield* store.listSilent(since(now, config.vodSilence)), (job) => release(job, now))
  })
})
