import { type Cause, Context, Data, DateTime, Duration, Effect, Layer, Option, Schedule } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { VideoStore } from "../../ports/VideoStore.ts"
import { type Guard, makeAdvance } from "../engine/advance.ts"
import { stillStoring } from "../engine/Publishing.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeWithdraw } from "../engine/withdraw.ts"
import { Removal } from "../video/Removal.ts"

/**
 * The watchdog: sees to what nobody else sees to any more. Every process may run it; what several of them notice at
 * once, one of them does.
 */
export class Upkeep extends Context.Tag("@runner-connector/core/Upkeep")<
  Upkeep,
  {
    /** One round of everything. Trouble of one part is logged and leaves the others alone. */
    readonly round: Effect.Effect<void>
  }
>() {}

/** The job has given a sign of life since it was listed, or is somebody else's by now. */
class StillAlive extends Data.TaggedError("StillAlive") {}

/** Permits taking a job away only while it is still as silent as when it was listed. */
const stillSilent =
  (state: "Processing" | "Completing", since: DateTime.Utc): Guard<StillAlive> =>
  (job) =>
    job.state === state && DateTime.lessThan(job.updatedAt, since) ? Effect.void : new StillAlive()

/** Does it for each; what goes wrong with one is logged and keeps none of the others waiting. */
const each = <A>(
  items: ReadonlyArray<A>,
  act: (item: A) => Effect.Effect<void, { readonly _tag: string }>
): Effect.Effect<void> =>
  Effect.forEach(
    items,
    (item) =>
      Effect.catchAllCause(act(item), (cause) => Effect.logWarning("Upkeep failed and will be tried again", cause)),
    { discard: true }
  )

/** Jobs whose runner fell silent go to the next runner. */
const makeReleaseStalled = Effect.gen(function* () {
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
    // Lives apart: a list has an end, and whoever watches one must not wait behind all that is not watched yet.
    if (live.length > 0) {
      const silent = yield* store.listSilent({ ...since(now, config.liveSilence), types: live })
      yield* each(silent, (job) => release(job, now))
    }
    yield* each(yield* store.listSilent(since(now, config.vodSilence)), (job) => release(job, now))
  })
})

/** Results that a process began to store and nobody stores any more count as failed tries. */
const makeReleaseOrphans = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const store = yield* JobStore
  const withdraw = yield* makeWithdraw
  const event = JobEvent.ResultRefused({ message: "The server stopped while it stored the result" })

  const release = (job: RunnerJob, since: DateTime.Utc) => {
    const may = (now: RunnerJob) => Effect.zipRight(stillStoring(job)(now), stillSilent("Completing", since)(now))
    return withdraw(job, may, event).pipe(
      Effect.zipRight(Effect.logWarning("A result was given up").pipe(Effect.annotateLogs({ job: job.id }))),
      Effect.catchTag("AttemptLost", "StillAlive", "UnknownJob", "WrongJobState", () => Effect.void)
    )
  }

  return Effect.gen(function* () {
    const since = DateTime.subtractDuration(yield* DateTime.now, config.completionSilence)
    const orphans = yield* store.listSilent({ state: "Completing", since })
    yield* each(orphans, (job) => release(job, since))
  })
})

const make = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const types = yield* JobTypes
  const jobs = yield* JobStore
  const videos = yield* VideoStore
  const notifier = yield* RunnerNotifier
  const finalizer = yield* VideoFinalizer
  const removal = yield* Removal

  const finalizeVideos = Effect.flatMap(videos.listUnfinalized, (unfinalized) =>
    each(unfinalized, (video) => finalizer.finalize(video.id))
  )

  const removePendingDeletions = Effect.gen(function* () {
    const before = DateTime.subtractDuration(yield* DateTime.now, config.retiredFor)
    yield* each(yield* videos.listPendingDeletion(before), (video) => removal.sweep(video, before))
  })

  /** Runners never ask of themselves: as long as work waits they are called again. */
  const callIdleRunners = Effect.gen(function* () {
    const waiting = yield* jobs.listAvailable({
      types: types.all.map((type) => type.name),
      limit: 1,
      at: yield* DateTime.now
    })
    if (waiting.length > 0) yield* notifier.availableJobs
  })

  const parts: Record<string, Effect.Effect<unknown, { readonly _tag: string }>> = {
    "stalled jobs": yield* makeReleaseStalled,
    "orphaned completions": yield* makeReleaseOrphans,
    "unfinalized videos": finalizeVideos,
    "retired files": removePendingDeletions,
    "idle runners": callIdleRunners
  }
  const logged = (part: string) => (cause: Cause.Cause<unknown>) =>
    Effect.logWarning(`Upkeep of ${part} failed and will be tried again`, cause)

  return Upkeep.of({
    round: Effect.forEach(Object.entries(parts), ([name, part]) => Effect.catchAllCause(part, logged(name)), {
      discard: true
    }).pipe(Effect.withSpan("Upkeep.round"))
  })
})

/** Rounds of upkeep for whoever calls them; nothing runs by itself. */
export const layer: Layer.Layer<
  Upkeep,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | VideoFinalizer | Removal
> = Layer.effect(Upkeep, make)

/** Runs a round at once and then again and again, until the layer ends. */
export const layerLoop: Layer.Layer<never, never, Upkeep | ConnectorConfig> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const { round } = yield* Upkeep
    const { upkeepInterval } = yield* ConnectorConfig
    yield* Effect.forkScoped(Effect.repeat(round, Schedule.spaced(upkeepInterval)))
  })
)
