import { Effect } from "effect"
import { JobEvent } from "../../domain/job/JobMachine.ts"
import { makeEndAttempt } from "./endAttempt.ts"
import type { LeaseCall, LeaseError } from "./JobLease.ts"

/** Gives the job back. Counts no failure. */
export type Abort = (call: LeaseCall & { readonly reason: string }) => Effect.Effect<void, LeaseError>

/** `abort` over the ports. */
export const makeAbort: Effect.Effect<Abort, never, Effect.Effect.Context<typeof makeEndAttempt>> = Effect.map(
  makeEndAttempt,
  (endAttempt) => (call) => endAttempt(call, call.reason, (message) => JobEvent.Aborted({ stalled: false, message }))
)
