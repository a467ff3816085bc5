import { DateTime, Effect, Option, Schema } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId } from "../../domain/Ids.ts"
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
import { retryConflicts } from "./retryConflicts.ts"

/** Asked after every read: between two tries the job can have gone to somebody else. */
export type Guard<E> = (job: RunnerJob) => Effect.Effect<void, E>

/** What is to be written, and the files that nobody waits for any more once it is. */
export interface Decision extends Plan {
  readonly abandoned: ReadonlyArray<FileKey>
}

/** The one way in which jobs move: read, ask, decide, write. */
export interface Advance {
  /** Reads the job with all that waits for it, asks, and lets the machine decide; writes nothing. */
  readonly decide: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent
  ) => Effect.Effect<Decision, E | UnknownJob | WrongJobState | PersistenceError>
  /**
   * Decides and writes once. Fails with `JobConflict` when another process was faster. `late` follows instead of an
   * answer when the write took effect although the call failed.
   */
  readonly tryOnce: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent,
    late?: (job: RunnerJob) => Effect.Effect<void>
  ) => Effect.Effect<RunnerJob, E | UnknownJob | WrongJobState | JobConflict | PersistenceError>
  /** The same, deciding anew as long as somebody is faster. */
  readonly advance: <E>(
    id: JobId,
    may: Guard<E>,
    event: JobEvent
  ) => Effect.Effect<RunnerJob, E | UnknownJob | WrongJobState | PersistenceError>
}

/** The one way in which jobs move, over the ports. */
export const makeAdvance: Effect.Effect<
  Advance,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | AfterCommit
> = Effect.gen(function* () {
  const store = yield* JobStore
  const types = yield* JobTypes
  const notifier = yield* RunnerNotifier
  const failureEffects = yield* makeFailureEffects
  const { maxInterruptions, maxStalls, retryPause, transcoding } = yield* ConnectorConfig

  const rulesOf = (job: RunnerJob): JobRules => ({
    abortable: Option.match(types.find(job.type), { onNone: () => false, onSome: (type) => type.abortable }),
    maxFailures: Option.getOrElse(ownMaxFailures(job), () => transcoding.maxFailures),
    maxStalls,
    maxInterruptions,
    pauseAfter: (failures) => pauseBefore(failures, retryPause)
  })

  const decide: Advance["decide"] = (id, may, event) =>
    Effect.gen(function* () {
      const family = yield* store.family(id)
      const job = family[0]
      if (job === undefined) return yield* new UnknownJob({ id })
      yield* may(job)
      const planned = yield* plan([job, ...family.slice(1)], event, rulesOf, yield* DateTime.now)
      return { ...planned, abandoned: abandonedKeys(family, planned.changed) }
    })

  const tryOnce: Advance["tryOnce"] = (id, may, event, late) =>
    Effect.gen(function* () {
      const { abandoned, changed } = yield* decide(id, may, event)
      const effects = notifier.availableJobs(demandOf(changed))
      const lateEffects = late === undefined ? effects : Effect.zipRight(effects, late(changed[0]))
      yield* failureEffects.commit(changed, abandoned, { effects, lateEffects })
      return changed[0]
    })

  const advance: Advance["advance"] = (id, may, event) => retryConflicts(tryOnce(id, may, event))

  return { decide, tryOnce, advance }
})

/** For events that need nobody's permission. */
export const anybody: Guard<never> = () => Effect.void

const OwnLimit = Schema.Struct({ maxFailures: Schema.Int })

/** A call of `transcodeVideo` may have asked for its own number of tries. */
const ownMaxFailures = (job: RunnerJob): Option.Option<number> =>
  Option.map(Schema.decodeUnknownOption(OwnLimit)(job.privatePayload), (own) => own.maxFailures)
