import { Context, Effect, Layer, Option, type Redacted } from "effect"
import type { JobId, TokenHash } from "../../domain/Ids.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import { JobStore } from "../../ports/JobStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"
import { hashJobToken } from "../../ports/Tokens.ts"
import type { Guard } from "../engine/advance.ts"
import { JobNotProcessing, UnknownJob } from "../errors.ts"
import { type Caller, Runners } from "./Runners.ts"

/** The tokens with which a runner proves that it holds a job. */
export interface Claim {
  readonly id: JobId
  readonly runnerToken: Redacted.Redacted<string>
  readonly jobToken: Redacted.Redacted<string>
}

/** A call of a runner about a job that it holds. */
export interface LeaseCall extends Claim {
  readonly caller: Caller
}

/** The errors of a call about a held job. */
export type LeaseError = UnknownJob | JobNotProcessing | PersistenceError

/** A claim with a known runner. Each read checks again whether the runner holds the job. */
export interface LeaseHolder {
  readonly id: JobId
  readonly runner: Runner
  readonly jobTokenHash: TokenHash
}

/**
 * Checks leases. The runner that accepted a job holds it, with the token of that attempt. Any mismatch, including the
 * runner's own token, is `UnknownJob`.
 */
export class JobLease extends Context.Tag("@runner-connector/core/JobLease")<
  JobLease,
  {
    readonly identify: (claim: Claim) => Effect.Effect<LeaseHolder, UnknownJob | PersistenceError>
    /** The leased job in any state. */
    readonly jobOf: (holder: LeaseHolder) => Effect.Effect<RunnerJob, UnknownJob | PersistenceError>
    /** The job of the claim in any state. */
    readonly find: (
      claim: Claim
    ) => Effect.Effect<{ readonly job: RunnerJob; readonly holder: LeaseHolder }, UnknownJob | PersistenceError>
    /** The job of the claim, if it is Processing. */
    readonly findProcessing: (
      claim: Claim
    ) => Effect.Effect<
      { readonly job: RunnerJob; readonly holder: LeaseHolder },
      UnknownJob | JobNotProcessing | PersistenceError
    >
  }
>() {}

const holds = (holder: LeaseHolder, job: RunnerJob): boolean =>
  Option.contains(job.runnerId, holder.runner.id) && Option.contains(job.jobTokenHash, holder.jobTokenHash)

/** Allows the holder of the job in any state. */
const heldBy =
  (holder: LeaseHolder): Guard<UnknownJob> =>
  (job) =>
    holds(holder, job) ? Effect.void : new UnknownJob({ id: job.id })

/** Allows the holder of the job while it is Processing. */
export const processedBy =
  (holder: LeaseHolder): Guard<UnknownJob | JobNotProcessing> =>
  (job) =>
    Effect.zipRight(
      heldBy(holder)(job),
      job.state === "Processing" ? Effect.void : new JobNotProcessing({ id: job.id, state: job.state })
    )

const make = Effect.gen(function* () {
  const store = yield* JobStore
  const runners = yield* Runners

  const identify = spanned("JobLease.identify")(function* (claim: Claim) {
    const runner = yield* runners
      .authenticate(claim.runnerToken)
      .pipe(Effect.catchTag("UnknownRunner", () => new UnknownJob({ id: claim.id })))
    return { id: claim.id, runner, jobTokenHash: yield* hashJobToken(claim.jobToken) }
  })

  const permitted = Effect.fnUntraced(function* <E>(holder: LeaseHolder, permit: (holder: LeaseHolder) => Guard<E>) {
    const job = (yield* store.family(holder.id))[0]
    if (job === undefined) return yield* new UnknownJob({ id: holder.id })
    yield* permit(holder)(job)
    return job
  })

  const read = spanned("JobLease.read")(function* <E>(claim: Claim, permit: (holder: LeaseHolder) => Guard<E>) {
    const holder = yield* identify(claim)
    return { job: yield* permitted(holder, permit), holder }
  })

  return JobLease.of({
    identify,
    jobOf: (holder) => permitted(holder, heldBy),
    find: (claim) => read(claim, heldBy),
    findProcessing: (claim) => read(claim, processedBy)
  })
})

/** Leases over the ports. */
export const layer: Layer.Layer<JobLease, never, JobStore | Runners> = Layer.effect(JobLease, make)
