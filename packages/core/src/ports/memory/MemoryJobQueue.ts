import { Array as Arr, DateTime, Effect, Layer, Option, Order } from "effect"
import type { FullQueue } from "../../domain/job/ConcurrencyLimits.ts"
import { dueOf } from "../../domain/job/QueueOrder.ts"
import { isTerminal, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { isSameTenant } from "../../domain/job/TenantTurns.ts"
import { missingLabel } from "../../domain/runner/Labels.ts"
import { type AvailableJobs, type ClaimQuery, JobQueue } from "../JobQueue.ts"
import { type MemoryState, makeState } from "./MemoryState.ts"
import { runningJobs } from "./runningJobs.ts"

/** The most jobs that `avoiding` lists. */
const MAX_AVOIDING = 100

/** The most jobs of a kind that are counted. */
const MAX_COUNTED = 1000

const isKept = ({ kept }: MemoryState, { id }: RunnerJob, at: DateTime.Utc): boolean =>
  Option.exists(Option.fromNullable(kept.get(id)), ({ until }) => DateTime.greaterThan(until, at))

interface Place {
  readonly job: RunnerJob
  readonly turn: number
  readonly due: number
}

const byPlace = Order.combine(
  Order.mapInput(Order.number, ({ turn }: Place) => turn),
  Order.mapInput(Order.number, ({ due }: Place) => due)
)

/** Sorts by urgent types, then by the turn of the tenant, then by `dueOf`. Computes the keys of each job once. */
const inOrder = (
  jobs: ReadonlyArray<RunnerJob>,
  { turns = [], urgent = [] }: Pick<ClaimQuery, "turns" | "urgent">
): ReadonlyArray<RunnerJob> => {
  const known = new Map(turns.map((tenant, place) => [Option.getOrNull(tenant), place + 1]))
  const turnOf = ({ tenant, type }: RunnerJob) =>
    urgent.includes(type) ? -1 : (known.get(Option.getOrNull(tenant)) ?? 0)
  const places = jobs.map((job): Place => ({ job, turn: turnOf(job), due: dueOf(job) }))
  return Arr.sort(places, byPlace).map(({ job }) => job)
}

const isBelowLimits = ({ labels, tenant }: RunnerJob, full: FullQueue = { tenants: [], labels: [] }): boolean =>
  !full.tenants.some((one) => isSameTenant(one, tenant)) && !labels.some((label) => full.labels.includes(label))

/** Pending jobs of the types that need not rest, best first. Sorting is stable: equals stay in the order of insertion. */
const pendingOf = (
  state: MemoryState,
  { at, types, ...order }: Pick<ClaimQuery, "at" | "turns" | "types" | "urgent">
): ReadonlyArray<RunnerJob> => {
  const rests = ({ notBefore }: RunnerJob) => Option.exists(notBefore, DateTime.greaterThan(at))
  const open = Array.from(state.jobs.values()).filter(
    (job) => job.state === "Pending" && types.includes(job.type) && !rests(job)
  )
  return inOrder(open, order)
}

const isFor = (state: MemoryState, query: ClaimQuery) => {
  const except = new Set(query.except)
  return (job: RunnerJob): boolean => {
    const mine = state.kept.get(job.id)?.runners.at(-1) === query.runnerId
    return (
      !except.has(job.id) &&
      !job.avoided.includes(query.runnerId) &&
      isBelowLimits(job, query.full) &&
      job.requirements.every((name) => query.requirements.includes(name)) &&
      Option.isNone(missingLabel(job.labels, query.labels)) &&
      (query.kept === true || mine || !isKept(state, job, query.at))
    )
  }
}

/** The best of every type, then the best of all; in the order of the queue. */
const shortlist = (jobs: ReadonlyArray<RunnerJob>, limit: number): ReadonlyArray<RunnerJob> => {
  const best = Arr.dedupeWith(jobs, (a, b) => a.type === b.type)
  const chosen = new Set([...best, ...jobs.filter((job) => !best.includes(job))].slice(0, limit))
  return jobs.filter((job) => chosen.has(job))
}

const claim = (state: MemoryState, query: ClaimQuery): ReadonlyArray<RunnerJob> => {
  const jobs = shortlist(pendingOf(state, query).filter(isFor(state, query)), query.limit)
  const [first] = jobs
  const before = first === undefined ? [] : (state.kept.get(first.id)?.runners ?? [])
  if (first !== undefined && !before.includes(query.runnerId)) {
    state.kept.set(first.id, { until: query.until, runners: [...before, query.runnerId] })
  }
  return jobs
}

const availableSince = ({ notBefore, updatedAt }: RunnerJob): DateTime.Utc =>
  Option.match(notBefore, { onNone: () => updatedAt, onSome: (moment) => DateTime.max(moment, updatedAt) })

const available = (
  state: MemoryState,
  { at, full, types }: Pick<ClaimQuery, "at" | "full" | "types">
): ReadonlyArray<AvailableJobs> => {
  const found = pendingOf(state, { types, at }).filter((job) => !isKept(state, job, at) && isBelowLimits(job, full))
  const kinds = Arr.groupBy(found, ({ labels, requirements, type }) => JSON.stringify([type, requirements, labels]))
  return Object.values(kinds).map((jobs) => ({
    type: jobs[0].type,
    requirements: jobs[0].requirements,
    labels: jobs[0].labels,
    jobs: Math.min(jobs.length, MAX_COUNTED),
    since: Arr.min(Arr.map(jobs, availableSince), DateTime.Order)
  }))
}

/** Whether an existing video needs the job. */
const isNeeded = (state: MemoryState, { awaited, videoId }: RunnerJob): boolean =>
  awaited && Option.exists(videoId, (id) => state.videos.has(id))

const prune = (state: MemoryState, before: DateTime.Utc, limit: number): number => {
  const finishedAt = (job: RunnerJob) => Option.getOrElse(job.finishedAt, () => before)
  const old = Array.from(state.jobs.values()).filter(
    (job) => isTerminal(job) && DateTime.lessThan(finishedAt(job), before) && !isNeeded(state, job)
  )
  const first = Arr.sort(old, Order.mapInput(DateTime.Order, finishedAt)).slice(0, limit)
  for (const { id } of first) state.jobs.delete(id)
  return first.length
}

/** The job queue over the given state. */
export const make = (state: MemoryState): JobQueue["Type"] =>
  JobQueue.of({
    claim: (query) => Effect.sync(() => claim(state, query)),
    avoiding: Effect.sync(() =>
      Array.from(state.jobs.values())
        .filter((job) => job.state === "Pending" && job.avoided.length > 0)
        .slice(0, MAX_AVOIDING)
    ),
    running: Effect.sync(() => runningJobs(state)),
    available: (query) => Effect.sync(() => available(state, query)),
    prune: (before, limit) => Effect.sync(() => prune(state, before, limit))
  })

/** A queue in this process's memory, alone; together with the stores it is in `MemoryStores.layer`. */
export const layer: Layer.Layer<JobQueue> = Layer.sync(JobQueue, () => make(makeState()))
