import { Effect } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import type { JobStore } from "../../ports/JobStore.ts"
import type { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import type { HeldCall, HeldError, RunnerJobs } from "../admin/RunnerJobs.ts"
import { anybody, makeAdvance } from "../engine/advance.ts"
import { Settlement } from "../engine/VideoFinalizer.ts"
import { JobNotCancellable, JobNotProcessing } from "../errors.ts"
import { Holding, processedBy } from "./JobLease.ts"
import { Runners } from "./Runners.ts"
import { makeWithhold } from "./redactSecrets.ts"

type Moving = JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | Settlement

/** What the holder says of the end of its try, and the event that this is. */
type EndTry = (
  call: HeldCall,
  message: string,
  eventOf: (message: string) => JobEvent
) => Effect.Effect<void, HeldError>

/** Ends a try for the runner that holds it. */
export const makeEndTry: Effect.Effect<EndTry, never, Moving | Holding | Runners> = Effect.gen(function* () {
  const holding = yield* Holding
  const runners = yield* Runners
  const settlement = yield* Settlement
  const withhold = yield* makeWithhold
  const { advance } = yield* makeAdvance
  return Effect.fn("RunnerJobs.endTry")(function* (call, message, eventOf) {
    const holder = yield* holding.identify(call)
    const event = eventOf(yield* withhold(call.id, message))
    const job = yield* advance(call.id, processedBy(holder), event).pipe(
      Effect.catchTag("WrongJobState", (error) => new JobNotProcessing({ id: call.id, state: error.state }))
    )
    yield* Effect.logInfo("A try has ended").pipe(
      Effect.annotateLogs({ job: job.id, event: event._tag, state: job.state, runner: holder.runner.name })
    )
    yield* settlement.afterJob(job)
    yield* runners.noteContact(holder.runner, call.caller)
  })
})

/** `RunnerJobs.cancel`, over the ports. */
export const makeCancel: Effect.Effect<RunnerJobs["Type"]["cancel"], never, Moving> = Effect.gen(function* () {
  const settlement = yield* Settlement
  const { advance } = yield* makeAdvance
  return Effect.fn("RunnerJobs.cancel")(function* (id: JobId) {
    const job = yield* advance(id, anybody, JobEvent.Cancelled()).pipe(
      Effect.catchTag("WrongJobState", (error) => new JobNotCancellable({ id, state: error.state }))
    )
    yield* settlement.afterJob(job)
  })
})
