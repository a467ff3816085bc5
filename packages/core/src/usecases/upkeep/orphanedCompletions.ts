import { DateTime, Duration, Effect } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { JobStore } from "../../ports/JobStore.ts"
import { stillStoring } from "../engine/Publishing.ts"
import { makeWithdraw } from "../engine/withdraw.ts"
import { each, stillSilent, type Watchdog } from "./watchdog.ts"

type Requirements = Effect.Effect.Context<typeof makeWithdraw>

/**
 * Ends attempts whose server died while it stored the result, when no server with the received files has continued in
 * time. That does not count as a failure of the runner.
 */
export const makeReleaseOrphanedCompletions: Effect.Effect<Watchdog, never, Requirements> = Effect.gen(function* () {
  const config = yield* ConnectorConfig
  const store = yield* JobStore
  const withdraw = yield* makeWithdraw
  const event = JobEvent.StoringInterrupted({ message: "The server stopped while it stored the result" })

  const release = (job: RunnerJob, since: DateTime.Utc) => {
    const may = (now: RunnerJob) => Effect.zipRight(stillStoring(job)(now), stillSilent("Completing", since)(now))
    return withdraw(job, may, event).pipe(
      Effect.zipRight(Effect.logWarning("A result was given up").pipe(Effect.annotateLogs({ job: job.id }))),
      Effect.catchTag("AttemptLost", "StillAlive", "UnknownJob", "WrongJobState", () => Effect.void)
    )
  }

  return Effect.gen(function* () {
    const patience = Duration.max(config.completionSilence, config.resumeWindow)
    const since = DateTime.subtractDuration(yield* DateTime.now, patience)
    const orphans = yield* store.listSilent({ state: "Completing", since })
    yield* each(orphans, (job) => release(job, since))
  })
})
