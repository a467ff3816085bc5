import { DateTime, Effect, Option } from "effect"
import { JobStore } from "../ports/JobStore.ts"
import { InvalidPayload, JobNotProcessing, UnknownJob } from "./errors.ts"
import { Holding, heldBy } from "./Holding.ts"
import type { RunnerJobs } from "./RunnerJobs.ts"
import { Runners } from "./Runners.ts"

const isEmpty = (payload: unknown): boolean =>
  payload === undefined || (typeof payload === "object" && payload !== null && Object.keys(payload).length === 0)

/** `RunnerJobs.update`: one statement for the job in the common case, as this is most of the traffic. */
export const makeHeartbeat: Effect.Effect<RunnerJobs["Type"]["update"], never, JobStore | Holding | Runners> =
  Effect.gen(function* () {
    const store = yield* JobStore
    const holding = yield* Holding
    const runners = yield* Runners

    return Effect.fn("RunnerJobs.update")(function* (call) {
      const holder = yield* holding.identify(call)
      if (!isEmpty(call.payload)) {
        yield* holding.find(call)
        return yield* new InvalidPayload({ detail: "An update of this type of job carries no payload" })
      }
      const { jobTokenHash, runner } = holder
      const at = yield* DateTime.now
      const { id, progress } = call
      const state = yield* store.beat({ id, runnerId: runner.id, jobTokenHash, at, progress })
      if (Option.isNone(state)) {
        const job = (yield* store.family(id))[0]
        if (job === undefined) return yield* new UnknownJob({ id })
        yield* heldBy(holder)(job)
        // A last report can cross the result on its way; it is no mistake of the runner.
        if (job.state !== "Completed") return yield* new JobNotProcessing({ id, state: job.state })
      }
      yield* runners.noteContact(runner, call.caller)
    })
  })
