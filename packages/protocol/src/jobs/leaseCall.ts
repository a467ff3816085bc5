import type { Ids, JobLease, Runners } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import type { Fields } from "../body/FormFields.ts"
import { LeaseTokens } from "../http/fields.ts"
import type { Call } from "../http/Handler.ts"
import type { WireError } from "../http/Problem.ts"

type Params = { readonly jobUUID: Ids.JobId }
type Tokens = Omit<JobLease.Claim, "id">

/** Returns the address and version that the use cases record for a runner. */
export const callerOf = (call: { readonly ip: Runners.Caller["ip"] }, version?: string): Runners.Caller => ({
  ip: call.ip,
  version: Option.fromNullable(version)
})

/** Returns the job, tokens and caller of a call about a leased job. */
export const leaseCall = (call: Call<Params, unknown, Tokens>): JobLease.LeaseCall => ({
  id: call.params.jobUUID,
  runnerToken: call.body.runnerToken,
  jobToken: call.body.jobToken,
  caller: callerOf(call)
})

const tokensIn = Schema.decodeUnknownOption(Schema.Struct(LeaseTokens))

/** Accepts the files of a form once its fields hold the tokens of the lease, and `check` finds the lease. */
export const mayUpload =
  (check: (claim: JobLease.Claim) => Effect.Effect<unknown, WireError>) =>
  ({ jobUUID }: Params, fields: Fields): Effect.Effect<boolean, WireError> =>
    Option.match(tokensIn(fields), {
      onNone: () => Effect.succeed(false),
      onSome: (tokens) => Effect.as(check({ id: jobUUID, ...tokens }), true)
    })
