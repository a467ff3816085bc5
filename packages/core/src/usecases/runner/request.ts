import { DateTime, Effect, Option } from "effect"
import { canRun } from "../../domain/runner/RunnerVersions.ts"
import { JobTypes } from "../../jobs/JobType.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { RunnerJobs } from "../admin/RunnerJobs.ts"
import { Runners } from "./Runners.ts"

/** How many jobs a runner is shown; it takes the first. */
const MAX_AVAILABLE = 10

/** `RunnerJobs.request`, over the ports. */
export const makeOffer: Effect.Effect<RunnerJobs["Type"]["request"], never, JobTypes | JobStore | Runners> = Effect.gen(
  function* () {
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
  }
)
