import { DateTime, Effect } from "effect"
import type { JobEvent } from "../../domain/job/JobMachine.ts"
import { spanned } from "../../ports/Spans.ts"
import { type MovingJobs, makeAdvance } from "../engine/advance.ts"
import { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { JobNotProcessing } from "../errors.ts"
import { JobLease, type LeaseCall, type LeaseError, processedBy } from "./JobLease.ts"
import { Runners } from "./Runners.ts"
import { makeRedactSecrets } from "./redactSecrets.ts"

/** Ends the attempt with the event, and stores the message of the runner without its secrets. */
export type EndAttempt = (
  call: LeaseCall,
  message: string,
  eventOf: (message: string) => JobEvent
) => Effect.Effect<void, LeaseError>

/** The end of an attempt without a result, over the ports. */
export const makeEndAttempt: Effect.Effect<EndAttempt, never, MovingJobs | VideoFinalizer | JobLease | Runners> =
  Effect.gen(function* () {
    const lease = yield* JobLease
    const runners = yield* Runners
    const finalizer = yield* VideoFinalizer
    const redactSecrets = yield* makeRedactSecrets
    const { advance } = yield* makeAdvance
    return spanned("RunnerJobs.endAttempt")(function* (call, message, eventOf) {
      const holder = yield* lease.identify(call)
      const event = eventOf(yield* redactSecrets(call.id, message))
      const job = yield* advance(call.id, processedBy(holder), event).pipe(
        Effect.catchTag("WrongJobState", (error) => new JobNotProcessing({ id: call.id, state: error.state }))
      )
      yield* finalizer.afterJob(job)
      yield* runners.noteContact(holder.runner, call.caller, yield* DateTime.now)
    })
  })
