import { Effect } from "effect"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { makeEndAttempt } from "./endAttempt.ts"
import type { LeaseCall, LeaseError } from "./JobLease.ts"

/** Ends the attempt as failed: the job is Pending again, or Errored after its last attempt. */
export type ReportError = (call: LeaseCall & { readonly message: string }) => Effect.Effect<void, LeaseError>

/** `error` over the ports. */
export const makeError: Effect.Effect<ReportError, never, Effect.Effect.Context<typeof makeEndAttempt>> = Effect.map(
  makeEndAttempt,
  (endAttempt) => (call) => endAttempt(call, call.message, (message) => JobEvent.Failed({ message }))
)
