import { Data, DateTime, Option } from "effect"
import type { JobId, RunnerId } from "../Ids.ts"
import { type Abilities, type JobNeeds, Lack, lackOf } from "../runner/Abilities.ts"
import type { JobLimit } from "./ConcurrencyLimits.ts"
import type { RunnerJob } from "./RunnerJob.ts"

/** Why a job waits. */
export type WaitingFor = Data.TaggedEnum<{
  /** Its parent must be completed first. None when the row has no parent. */
  Parent: { readonly parentId: Option.Option<JobId> }
  /** It is in backoff after a failure. */
  Time: { readonly until: DateTime.Utc }
  /** No registered runner requests this type of job. */
  CapableRunner: { readonly type: string }
  /** Every runner that requests this type is too old for it. */
  Version: { readonly type: string; readonly version: string }
  /** Every runner that requests this type is too old for a studio task of the job. */
  Task: { readonly task: string; readonly version: string }
  /** No runner that could do the job otherwise has this label. */
  Label: { readonly label: string }
  /** Every runner that can take the job is paused, draining or in quarantine. */
  Resumption: { readonly type: string }
  /** As many jobs of its tenant run as may run at once. None: of all jobs without a tenant. */
  TenantLimit: { readonly tenant: Option.Option<string>; readonly limit: number }
  /** As many jobs that require this label run as may run at once. */
  LabelLimit: { readonly label: string; readonly limit: number }
  /** Every runner that can take the job is offline. */
  Connection: { readonly type: string }
  /** Every runner that can take the job processes another one. */
  FreeRunner: { readonly type: string }
  /** Runners are idle, but they have failed the job, and another one that can do it is busy. */
  OtherRunner: { readonly type: string }
  /** Runners that can take the job and process nothing, but have not accepted it yet. */
  Acceptance: { readonly idle: number }
}>
export const WaitingFor = Data.taggedEnum<WaitingFor>()

/** A registered runner, as the explanation sees it. */
export interface Workload extends Abilities {
  readonly id: RunnerId
  /** Jobs that the runner processes now. */
  readonly processing: number
  readonly online: boolean
}

type Needs = JobNeeds & Pick<RunnerJob, "avoided">

/** The reason that keeps the most able of these runners from the job. */
const lackOfAll = (needs: JobNeeds, runners: ReadonlyArray<Abilities>, now: DateTime.Utc): WaitingFor => {
  const lacks = runners.map((runner) => lackOf(needs, runner, now)).flatMap(Option.toArray)
  const nearest =
    lacks.find(Lack.$is("Resumption")) ??
    lacks.find(Lack.$is("Label")) ??
    lacks.find(Lack.$is("Task")) ??
    lacks.find(Lack.$is("Version")) ??
    Lack.Type({ type: needs.type })
  return Lack.$match(nearest, {
    Resumption: (): WaitingFor => WaitingFor.Resumption({ type: needs.type }),
    Label: ({ label }): WaitingFor => WaitingFor.Label({ label }),
    Task: ({ task, version }): WaitingFor => WaitingFor.Task({ task, version }),
    Version: ({ type, version }): WaitingFor => WaitingFor.Version({ type, version }),
    Type: ({ type }): WaitingFor => WaitingFor.CapableRunner({ type })
  })
}

interface Facts {
  readonly runners: ReadonlyArray<Workload>
  /** The first limit that the job has reached. */
  readonly reached?: Option.Option<JobLimit> | undefined
  readonly now: DateTime.Utc
}

const forRunner = (needs: Needs, { now, reached = Option.none(), runners }: Facts): WaitingFor => {
  const capable = runners.filter((runner) => Option.isNone(lackOf(needs, runner, now)))
  if (capable.length === 0) return lackOfAll(needs, runners, now)
  if (Option.isSome(reached)) return reached.value
  const present = capable.filter(({ online }) => online)
  if (present.length === 0) return WaitingFor.Connection({ type: needs.type })
  const idle = present.filter(({ processing }) => processing === 0)
  if (idle.length === 0) return WaitingFor.FreeRunner({ type: needs.type })
  const chosen = idle.filter(({ id }) => !needs.avoided.includes(id)).length
  return chosen === 0 ? WaitingFor.OtherRunner({ type: needs.type }) : WaitingFor.Acceptance({ idle: chosen })
}

/**
 * Explains why the job waits. None when a runner works on it or it has ended. The first reason in this order counts.
 */
export const waitingFor = (
  options: Facts & {
    readonly job: Pick<RunnerJob, "avoided" | "labels" | "parentId" | "requirements" | "state" | "type">
    /** The job is not to be tried before. */
    readonly retryAt: Option.Option<DateTime.Utc>
  }
): Option.Option<WaitingFor> => {
  const { job, now, retryAt } = options
  if (job.state === "WaitingForParent") return Option.some(WaitingFor.Parent({ parentId: job.parentId }))
  if (job.state !== "Pending") return Option.none()
  if (Option.isSome(retryAt) && DateTime.lessThan(now, retryAt.value)) {
    return Option.some(WaitingFor.Time({ until: retryAt.value }))
  }
  return Option.some(forRunner(job, options))
}

const ofTenant = Option.match({
  onNone: () => "without a tenant",
  onSome: (name: string) => `of the tenant ${name}`
})

/** The reason in a few words, to be read after "waiting for". */
export const describe: (reason: WaitingFor) => string = WaitingFor.$match({
  Parent: () => "the job it depends on",
  Time: ({ until }) => `its next try at ${DateTime.formatIso(until)}`,
  CapableRunner: ({ type }) => `a runner that supports ${type}`,
  Version: ({ type, version }) => `a runner of version ${version} or newer, which ${type} needs`,
  Task: ({ task, version }) => `a runner of version ${version} or newer, which the studio task ${task} needs`,
  Label: ({ label }) => `a runner with the label ${label}`,
  Resumption: ({ type }) => `a runner that supports ${type} and is neither paused, draining nor in quarantine`,
  TenantLimit: ({ limit, tenant }) => `another job ${ofTenant(tenant)} to end (limit: ${limit} at once)`,
  LabelLimit: ({ label, limit }) => `another job with the label ${label} to end (limit: ${limit} at once)`,
  Connection: ({ type }) => `a runner that supports ${type} to come online`,
  FreeRunner: ({ type }) => `a free runner that supports ${type}`,
  OtherRunner: ({ type }) => `a free runner that supports ${type} and has not failed the job`,
  Acceptance: ({ idle }) => (idle === 1 ? "the idle runner to accept it" : `one of ${idle} idle runners to accept it`)
})
