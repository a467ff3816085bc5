import { Effect, type Redacted } from "effect"
import type { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { JobId } from "../../domain/Ids.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import type { JobTypes } from "../../jobs/JobType.ts"
import type { FileStorage } from "../../ports/FileStorage.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { hashJobToken, Identifiers, makeToken } from "../../ports/Tokens.ts"
import type { VideoStore } from "../../ports/VideoStore.ts"
import { anybody, makeAdvance } from "../engine/advance.ts"
import { JobNotPending, JobTaken, UnknownJob, type UnknownRunner } from "../errors.ts"
import { type Caller, Runners } from "./Runners.ts"

/** Gives a pending job to the runner under a new token. Of several callers on several servers one gets it. */
export type Accept = (call: {
  readonly id: JobId
  readonly runnerToken: Redacted.Redacted<string>
  readonly caller: Caller
}) => Effect.Effect<
  { readonly job: RunnerJob; readonly runner: Runner; readonly jobToken: Redacted.Redacted<string> },
  UnknownJob | JobNotPending | JobTaken | UnknownRunner | PersistenceError
>

/** `accept` over the ports. */
export const makeAccept: Effect.Effect<
  Accept,
  never,
  JobStore | VideoStore | FileStorage | JobTypes | RunnerNotifier | ConnectorConfig | Runners
> = Effect.gen(function* () {
  const store = yield* JobStore
  const notifier = yield* RunnerNotifier
  const runners = yield* Runners
  const ids = yield* Identifiers
  const { tryOnce } = yield* makeAdvance
  return Effect.fn("RunnerJobs.accept")(function* (call) {
    const job = (yield* store.family(call.id))[0]
    if (job === undefined) return yield* new UnknownJob({ id: call.id })
    if (job.state !== "Pending") return yield* new JobNotPending({ id: call.id, state: job.state })
    const runner = yield* runners.authenticate(call.runnerToken)
    yield* runners.noteContact(runner, call.caller)
    const jobToken = yield* makeToken("ptrjt-")
    const event = JobEvent.Accepted({
      runnerId: runner.id,
      runner: runner.name,
      version: runner.version,
      jobTokenHash: yield* hashJobToken(jobToken),
      attemptId: yield* ids.uuid
    })
    const accepted = yield* tryOnce(call.id, anybody, event).pipe(
      Effect.catchTag("JobConflict", "WrongJobState", () =>
        // The loser goes idle until it is called again, and there may be other work for it.
        Effect.zipRight(notifier.availableJobs, new JobTaken({ id: call.id }))
      )
    )
    return { job: accepted, runner, jobToken }
  })
})
