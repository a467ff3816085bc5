import { DateTime, Effect, Option, type Redacted } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { canRun } from "../../domain/runner/Abilities.ts"
import { supports } from "../../domain/runner/RunnerVersions.ts"
import { taskNames } from "../../domain/studio/StudioTasks.ts"
import { copiesFirst } from "../../jobs/copiesFirst.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { JobOffers } from "../engine/JobOffers.ts"
import type { UnknownRunner } from "../errors.ts"
import { makeMayTake } from "./mayTake.ts"
import { type Caller, Runners } from "./Runners.ts"

/** How many jobs a runner is shown. New runners take the first, old ones the first that suits them. */
export const MAX_AVAILABLE = 10

/**
 * Lists the pending jobs that a runner can do, best first. The first one is kept for the runner by
 * `JobOffers`, so that simultaneous requests of many runners see different jobs. Leases nothing: `accept` does.
 */
export type Request = (call: {
  readonly runnerToken: Redacted.Redacted<string>
  /** None: the version of the runner decides which types it supports. */
  readonly jobTypes: Option.Option<ReadonlyArray<string>>
  readonly caller: Caller
}) => Effect.Effect<ReadonlyArray<RunnerJob>, UnknownRunner | PersistenceError>

/** `request` over the ports. */
export const makeRequest: Effect.Effect<Request, never, JobTypes | JobOffers | RunnerStore | Runners> = Effect.gen(
  function* () {
    const types = yield* JobTypes
    const offers = yield* JobOffers
    const runners = yield* Runners
    const mayTake = yield* makeMayTake
    return spanned("RunnerJobs.request")(function* ({ caller, jobTypes, runnerToken }) {
      const runner = yield* runners.authenticate(runnerToken)
      const now = yield* DateTime.now
      yield* runners.noteContact(runner, { ...caller, jobTypes }, now)
      if (!(yield* mayTake(runner, now))) return []
      const abilities = { ...runner, version: Option.orElse(caller.version, () => runner.version), jobTypes }
      const offered = yield* offers.claim({
        runnerId: runner.id,
        types: types.all
          .map(({ name }) => name)
          .filter((type) => canRun({ type, requirements: [], labels: [] }, abilities, now)),
        requirements: taskNames.filter((name) => supports(name, abilities.version)),
        labels: runner.labels,
        limit: MAX_AVAILABLE,
        at: now
      })
      return copiesFirst(offered, abilities.version)
    })
  }
)
