import { DateTime, Effect, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId } from "../../domain/Ids.ts"
import { changedSiblings, concernsSiblings } from "../../domain/job/ChunkSiblings.ts"
import { type ConcurrencyLimits, noLimits } from "../../domain/job/ConcurrencyLimits.ts"
import { abandonedKeys } from "../../domain/job/CustomUploads.ts"
import type { JobEvent, JobRules, WrongJobState } from "../../domain/job/JobMachine.ts"
import { type Plan, plan } from "../../domain/job/JobPlan.ts"
import { pauseBefore } from "../../domain/job/RetrySchedule.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { demandOf } from "../../domain/runner/RunnerDemand.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import { type JobConflict, JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { UnknownJob } from "../errors.ts"
import type { AfterCommit } from "./AfterCommit.ts"
import { makeFailureEffects } from "./failureEffects.ts"
import { RunnerOutcomes } from "./RunnerOutcomes.ts"
import { retryConflicts } from "./retryConflicts.ts"

/** Checks the job after every read, because the job may belong to another attempt by then. */
export type Guard<E> = (job: RunnerJob) => Effect.Effect<void, E>

/** The rows to write, and the files that are no longer needed afterwards. */
export interface Decision extends Plan {
  /** The job as it was read. */
  readonly before: RunnerJob
  readonly abandoned: ReadonlyArray<FileKey>
}

/** Changes jobs in four steps: read, check, decide, write. Nothing else changes the state of a job. */
export interface Advance {
  /**
   * Reads the job with every job that waits for it, runs the guard, and lets the state machine decide. Decides about the
   * other chunks of its rendition, too, where they follow. Writes nothing.
   */
  readonly decide: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent
  ) => Effect.Effect<Decision, E | UnknownJob | WrongJobState | PersistenceError>
  /**
   * Decides and writes once. Fails with `JobConflict` when another process was faster, or when the job would start beyond
   * the `limits`. `late` follows instead of an answer when the write took effect although the call failed.
   */
  readonly tryOnce: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent,
    options?: { readonly late?: (job: RunnerJob) => Effect.Effect<void>; readonly limits?: ConcurrencyLimits }
  ) => Effect.Effect<RunnerJob, E | UnknownJob | WrongJobState | JobConflict | PersistenceError>
  /** The same, repeated after each conflict. */
  readonly advance: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent
  ) => Effect.Effect<RunnerJob, E | UnknownJob | WrongJobState | PersistenceError>
}

/** The requirements of every use case that moves jobs. */
export type MovingJobs = JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | AfterCommit

/** Finds the jobs that include the other chunks of the same rendition, if the change of a job affects them. */
const makeSiblings = Effect.map(
  JobStore,
  (store) => (before: RunnerJob, after: RunnerJob) =>
    concernsSiblings(before, after) && Option.isSome(after.videoId)
      ? store.ofVideo(after.videoId.value)
      : Effect.succeed<ReadonlyArray<RunnerJob>>([])
)

/** The rules of a job, by its type and the configuration. */
const makeRules = Effect.gen(function* () {
  const types = yield* JobTypes
  const { maxInterruptions, maxStalls, retryPause, transcoding } = yield* ConnectorConfig
  return (job: RunnerJob): JobRules => ({
    abortable: Option.match(types.find(job.type), { onNone: () => false, onSome: (type) => type.abortable }),
    // Only failures need it.
    get maxFailures() {
      return Option.getOrElse(ownMaxFailures(job), () => transcoding.maxFailures)
    },
    maxStalls,
    maxInterruptions,
    pauseAfter: (failures) => pauseBefore(failures, retryPause)
  })
})

const makeDecide = Effect.gen(function* () {
  const store = yield* JobStore
  const siblingsOf = yield* makeSiblings
  const rulesOf = yield* makeRules
  const outcomes = yield* RunnerOutcomes

  const decide: Advance["decide"] = (id, may, event) =>
    Effect.gen(function* () {
      const family = yield* store.family(id)
      const job = family[0]
      if (job === undefined) return yield* new UnknownJob({ id })
      yield* may(job)
      const now = yield* DateTime.now
      const planned = yield* plan([job, ...family.slice(1)], event, rulesOf, now)
      const [moved, ...others] = planned.changed
      const first = yield* outcomes.withAvoided(job, moved)
      const siblings = yield* siblingsOf(job, first)
      const changed = [first, ...others, ...changedSiblings(first, siblings, rulesOf, now)] as const
      return { before: job, changed, abandoned: abandonedKeys([...family, ...siblings], changed) }
    })
  return decide
})

/** Job moves over the ports. */
export const makeAdvance: Effect.Effect<Advance, never, MovingJobs> = Effect.gen(function* () {
  const notifier = yield* RunnerNotifier
  const failureEffects = yield* makeFailureEffects
  const outcomes = yield* RunnerOutcomes
  const decide = yield* makeDecide

  const tryOnce: Advance["tryOnce"] = (id, may, event, { late, limits = noLimits } = {}) =>
    Effect.gen(function* () {
      const { abandoned, before, changed } = yield* decide(id, may, event)
      const effects = notifier.availableJobs(demandOf(changed))
      const lateEffects =
        late === undefined
          ? effects
          : Effect.zipRight(
              effects,
              Effect.suspend(() => late(changed[0]))
            )
      yield* failureEffects.commit(changed, abandoned, { effects, lateEffects, limits })
      yield* outcomes.failed(before, changed[0])
      return changed[0]
    })

  const advance: Advance["advance"] = (id, may, event) => retryConflicts(tryOnce(id, may, event))

  return { decide, tryOnce, advance }
})

/** The guard of events that need no permission. */
export const anybody: Guard<never> = () => Effect.void

const ownLimit = Schema.decodeUnknownOption(Schema.Struct({ maxFailures: Schema.Int }))

/** A call of `transcodeVideo` may set its own limit of failures. */
const ownMaxFailures = (job: RunnerJob): Option.Option<number> =>
  Option.map(ownLimit(job.privatePayload), (own) => own.maxFailures)
