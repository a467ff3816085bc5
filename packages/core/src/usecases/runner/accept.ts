import { DateTime, Effect, Equivalence, Option, type Redacted } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { concurrencyLimits } from "../../config/ConnectorSettings.ts"
import type { JobId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { placementLackOf } from "../../domain/runner/Abilities.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashJobToken, Identifiers, makeToken } from "../../ports/Tokens.ts"
import { type Guard, type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { JobOffers } from "../engine/JobOffers.ts"
import { JobTaken, UnknownJob, type UnknownRunner } from "../errors.ts"
import { makeMayTake } from "./mayTake.ts"
import { type Caller, Runners } from "./Runners.ts"
import { makeSubstitutes } from "./substitutes.ts"

/**
 * Gives a pending job to the runner under a new token. Of several callers on several servers one gets it; each of the
 * others gets the best other pending job of the same type instead, if there is one. Runners work on the job in the answer.
 */
export type Accept = (call: {
  readonly id: JobId
  readonly runnerToken: Redacted.Redacted<string>
  readonly caller: Caller
}) => Effect.Effect<
  { readonly job: RunnerJob; readonly runner: Runner; readonly jobToken: Redacted.Redacted<string> },
  UnknownJob | JobTaken | UnknownRunner | PersistenceError
>

/** Permits ending this very attempt. */
const stillHeld =
  (attempt: RunnerJob): Guard<JobTaken> =>
  (job) =>
    job.state === "Processing" && Option.getEquivalence(Equivalence.string)(job.attemptId, attempt.attemptId)
      ? Effect.void
      : new JobTaken({ id: job.id })

/**
 * Permits only jobs for which the runner has the labels. A job that avoids the runner is not offered to it. A runner that
 * names it all the same, by an older answer, gets it.
 */
const placedAt =
  (runner: Runner): Guard<JobTaken> =>
  (job) =>
    Effect.flatMap(DateTime.now, (now) =>
      Option.isNone(placementLackOf(job, runner, now)) ? Effect.void : new JobTaken({ id: job.id })
    )

/** Takes one job for a runner. */
const makeTake = Effect.gen(function* () {
  const { advance, tryOnce } = yield* makeAdvance
  const limits = concurrencyLimits(yield* ConnectorConfig)
  /** The runner got an error instead of the token, so nobody could use this attempt. */
  const giveBack = (job: RunnerJob) =>
    advance(
      job.id,
      stillHeld(job),
      JobEvent.Aborted({ stalled: false, message: "The database did not confirm the accept" })
    ).pipe(Effect.ignoreLogged)

  /**
   * The job under the event; none when another runner was faster, or the job is not for this runner, beyond its limits, no
   * longer pending or missing.
   */
  return (id: JobId, runner: Runner, event: JobEvent) =>
    Effect.map(tryOnce(id, placedAt(runner), event, { late: giveBack, limits }), Option.some).pipe(
      Effect.catchTag("JobConflict", "JobTaken", "WrongJobState", "UnknownJob", () => Effect.succeedNone)
    )
})

/** `accept` over the ports. */
export const makeAccept: Effect.Effect<Accept, never, MovingJobs | JobOffers | RunnerStore | Runners> = Effect.gen(
  function* () {
    const store = yield* JobStore
    const notifier = yield* RunnerNotifier
    const runners = yield* Runners
    const ids = yield* Identifiers
    const offers = yield* JobOffers
    const substitutes = yield* makeSubstitutes
    const take = yield* makeTake
    const mayTake = yield* makeMayTake

    return spanned("RunnerJobs.accept")(function* (call) {
      const runner = yield* runners.authenticate(call.runnerToken)
      const now = yield* DateTime.now
      yield* runners.noteContact(runner, call.caller, now)
      yield* offers.accepts(runner.id, now)
      if (!(yield* mayTake(runner, now))) return yield* new JobTaken({ id: call.id })
      const jobToken = yield* makeToken("ptrjt-")
      const event = JobEvent.Accepted({
        runnerId: runner.id,
        runner: runner.name,
        version: runner.version,
        jobTokenHash: yield* hashJobToken(jobToken),
        attemptId: yield* ids.uuid
      })
      const asked = yield* take(call.id, runner, event)
      if (Option.isSome(asked)) return { job: asked.value, runner, jobToken }
      const [gone] = yield* store.family(call.id)
      if (gone === undefined) return yield* new UnknownJob({ id: call.id })
      const other = yield* substitutes(gone, runner, (id) => take(id, runner, event))
      if (Option.isSome(other)) return { job: other.value, runner, jobToken }
      // The runner goes idle until the next ping, and there may be work of another type.
      yield* notifier.recall(runner.id)
      return yield* new JobTaken({ id: call.id })
    })
  }
)
