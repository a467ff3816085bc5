import { Data, Option, Record } from "effect"
import type { RunnerJob } from "./RunnerJob.ts"
import { isSameTenant, type Tenant } from "./TenantTurns.ts"

/** How many jobs may run at once. */
export interface ConcurrencyLimits {
  /** Of each tenant, by its name. `*` is the limit of every other one, and of all jobs without a tenant together. */
  readonly tenants: Readonly<Record<string, number>>
  /** Of all jobs that require a label, by the label. */
  readonly labels: Readonly<Record<string, number>>
}

/** No limits. */
export const noLimits: ConcurrencyLimits = { tenants: {}, labels: {} }

/** The name of the limit for tenants without one of their own. */
const OTHERS = "*"

/** The jobs of one tenant with the same labels that runners process now. */
export interface RunningJobs extends Pick<RunnerJob, "labels" | "tenant"> {
  readonly jobs: number
}

/** A limit of a job. */
export type JobLimit = Data.TaggedEnum<{
  TenantLimit: { readonly tenant: Option.Option<string>; readonly limit: number }
  LabelLimit: { readonly label: string; readonly limit: number }
}>
export const JobLimit = Data.taggedEnum<JobLimit>()

const limitOfTenant = ({ tenants }: ConcurrencyLimits, tenant: Tenant): ReadonlyArray<JobLimit> =>
  Option.flatMap(tenant, (name) => Record.get(tenants, name)).pipe(
    Option.orElse(() => Record.get(tenants, OTHERS)),
    Option.map((limit) => JobLimit.TenantLimit({ tenant, limit })),
    Option.toArray
  )

const limitOfLabel = ({ labels }: ConcurrencyLimits, label: string): ReadonlyArray<JobLimit> =>
  Option.toArray(Option.map(Record.get(labels, label), (limit) => JobLimit.LabelLimit({ label, limit })))

type Limited = Pick<RunnerJob, "labels" | "tenant">

/** Every limit that counts for the job, that of its tenant first. */
export const limitsOf = (job: Limited, limits: ConcurrencyLimits): ReadonlyArray<JobLimit> => [
  ...limitOfTenant(limits, job.tenant),
  ...job.labels.flatMap((label) => limitOfLabel(limits, label))
]

/** Whether there is any limit. */
export const hasLimits = ({ labels, tenants }: ConcurrencyLimits): boolean =>
  Object.keys(tenants).length + Object.keys(labels).length > 0

const counts = (limit: JobLimit, job: Limited): boolean =>
  JobLimit.$match(limit, {
    TenantLimit: ({ tenant }) => isSameTenant(tenant, job.tenant),
    LabelLimit: ({ label }) => job.labels.includes(label)
  })

const isReached = (limit: JobLimit, running: ReadonlyArray<RunningJobs>): boolean =>
  running.filter((some) => counts(limit, some)).reduce((sum, { jobs }) => sum + jobs, 0) >= limit.limit

/** The first limit that keeps the job from running now. */
export const reachedLimit = (
  job: Limited,
  limits: ConcurrencyLimits,
  running: ReadonlyArray<RunningJobs>
): Option.Option<JobLimit> => Option.fromNullable(limitsOf(job, limits).find((limit) => isReached(limit, running)))

/** Whether this write of a pending job would let more jobs run than its limits permit. */
export const isBeyond =
  (limits: ConcurrencyLimits, running: ReadonlyArray<RunningJobs>) =>
  (job: Limited & Pick<RunnerJob, "state">): boolean =>
    job.state === "Processing" && Option.isSome(reachedLimit(job, limits, running))

/** Tenants and labels of which no further job may run. */
export interface FullQueue {
  readonly tenants: ReadonlyArray<Tenant>
  readonly labels: ReadonlyArray<string>
}

/** The tenants and labels that have reached their limits. A limit is at least 1, so only those of running jobs can. */
export const fullOf = (limits: ConcurrencyLimits, running: ReadonlyArray<RunningJobs>): FullQueue => {
  const reached = running.flatMap((some) => limitsOf(some, limits)).filter((limit) => isReached(limit, running))
  const tenants = reached.filter(JobLimit.$is("TenantLimit")).map(({ tenant }) => tenant)
  const labels = reached.filter(JobLimit.$is("LabelLimit")).map(({ label }) => label)
  return {
    tenants: tenants.filter((one, place) => tenants.findIndex((other) => isSameTenant(one, other)) === place),
    labels: [...new Set(labels)]
  }
}
