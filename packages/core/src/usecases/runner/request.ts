import { DateTime, Effect, Option, type Redacted } from "effect"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { canRun } from "../../domain/runner/RunnerVersions.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import type { UnknownRunner } from "../errors.ts"
import { type Caller, Runners } from "./Runners.ts"

/** How many jobs a runner is shown; it takes the first. */
const MAX_AVAILABLE = 10

/** Lists the pending jobs that a runner can do. Reserves nothing. */
export type Request = (call: {
  readonly runnerToken: Redacted.Redacted<string>
  /** None: the version of the runner decides which types it knows. */
  readonly jobTypes: Option.Option<ReadonlyArray<string>>
  readonly caller: Caller
}) => Effect.Effect<ReadonlyArray<RunnerJob>, UnknownRunner | PersistenceError>

/** `request` over the ports. */
export const makeRequest: Effect.Effect<Request, never, JobTypes | JobStore | Runners> = Effect.gen(function* () {
  const types = yield* JobTypes
  const store = yield* JobStore
  const runners = yield* Runners
  return Effect.fn("RunnerJobs.request")(function* ({ caller, jobTypes, runnerToken }) {
    const runner = yield* runners.authenticate(runnerToken)
    yield* runners.noteContact(runner, { ...caller, jobTypes })
    const version = Option.orElse(caller.version, () => runner.version)
    const wanted = types.all.map(({ name }) => name).filter((name) => canRun(name, version, jobTypes))
    return yield* store.listAvailable({ types: wanted, limit: MAX_AVAILABLE, at: yield* DateTime.now })
  })
})
