import { Data, DateTime, Option } from "effect"
import type { JobId } from "../Ids.ts"
import { canRun } from "../runner/RunnerVersions.ts"
import type { RunnerJob } from "./RunnerJob.ts"

/** Why a job waits. */
export type WaitingFor = Data.TaggedEnum<{
  /** Its parent must be completed first. None when the row has no parent. */
  Parent: { readonly parentId: Option.Option<JobId> }
  /** It is in backoff after a failure. */
  Time: { readonly until: DateTime.Utc }
  /** No runner that is registered knows this type of job. */
  CapableRunner: { readonly type: string }
  /** Runners that know it are there; none has taken it yet. */
  FreeRunner: { readonly type: string }
}>
export const WaitingFor = Data.taggedEnum<WaitingFor>()

/** What the job waits for; none when somebody works on it or it has ended. The first reason in this order is given. */
export const waitingFor = (options: {
  readonly job: Pick<RunnerJob, "parentId" | "state" | "type">
  /** The job is not to be tried before. */
  readonly retryAt: Option.Option<DateTime.Utc>
  readonly runners: ReadonlyArray<{
    readonly version: Option.Option<string>
    readonly jobTypes: Option.Option<ReadonlyArray<string>>
  }>
  readonly now: DateTime.Utc
}): Option.Option<WaitingFor> => {
  const { job, now, retryAt, runners } = options
  if (job.state === "WaitingForParent") return Option.some(WaitingFor.Parent({ parentId: job.parentId }))
  if (job.state !== "Pending") return Option.none()
  if (Option.isSome(retryAt) && DateTime.lessThan(now, retryAt.value)) {
    return Option.some(WaitingFor.Time({ until: retryAt.value }))
  }
  return Option.some(
    runners.some(({ jobTypes, version }) => canRun(job.type, version, jobTypes))
      ? WaitingFor.FreeRunner({ type: job.type })
      : WaitingFor.CapableRunner({ type: job.type })
  )
}

/** The reason in a few words, to be read after "waiting for". */
export const describe: (reason: WaitingFor) => string = WaitingFor.$match({
  Parent: () => "the job it depends on",
  Time: ({ until }) => `its next try at ${DateTime.formatIso(until)}`,
  CapableRunner: ({ type }) => `a runner that supports ${type}`,
  FreeRunner: ({ type }) => `a free runner that supports ${type}`
})
