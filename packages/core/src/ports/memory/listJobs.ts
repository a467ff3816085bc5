import { DateTime, Option, Order } from "effect"
import type { JobId } from "../../domain/Ids.ts"
import { chunkProgress } from "../../domain/job/RenditionJobs.ts"
import { JobState, type RunnerJob } from "../../domain/job/RunnerJob.ts"
import { countedOf, type JobColumn, type JobFilter, type ListedJob, type ParentJob } from "../JobStore.ts"
import type { Page } from "../PersistenceError.ts"
import type { MemoryState } from "./MemoryState.ts"
import { holds, pageAfter } from "./pages.ts"

type JobOrder = Order.Order<RunnerJob>

const byProgress = ({ progress }: RunnerJob): number => Option.getOrElse(progress, () => 0)

const ascending: Readonly<Record<JobColumn, JobOrder>> = {
  createdAt: Order.mapInput(DateTime.Order, (job) => job.createdAt),
  updatedAt: Order.mapInput(DateTime.Order, (job) => job.updatedAt),
  priority: Order.mapInput(Order.number, (job) => job.priority),
  state: Order.mapInput(Order.number, (job) => JobState.literals.indexOf(job.state)),
  progress: Order.mapInput(Order.number, byProgress)
}

const unknownLast: JobOrder = Order.mapInput(Order.boolean, ({ progress }) => Option.isNone(progress))

const orderOf = ({ sort }: JobFilter): JobOrder | undefined => {
  if (sort === undefined) return undefined
  const order = sort.descending ? Order.reverse(ascending[sort.by]) : ascending[sort.by]
  if (sort.by === "progress") return Order.combine(unknownLast, order)
  return sort.by === "state" ? Order.combine(order, Order.reverse(ascending.createdAt)) : order
}

const isFound = (state: MemoryState, text: string, { runnerId, type }: RunnerJob): boolean =>
  holds(text, type) ||
  Option.exists(runnerId, (id) =>
    Option.exists(Option.fromNullable(state.runners.get(id)), ({ name }) => holds(text, name))
  )

const matches =
  (state: MemoryState, { id, label, renditionId, runnerId, states, text, types, videoId }: JobFilter) =>
  (job: RunnerJob): boolean =>
    (id === undefined || job.id === id) &&
    (renditionId === undefined || Option.contains(job.renditionId, renditionId)) &&
    (states === undefined || states.includes(job.state)) &&
    (types === undefined || types.includes(job.type)) &&
    (runnerId === undefined || Option.contains(job.runnerId, runnerId)) &&
    (videoId === undefined || Option.contains(job.videoId, videoId)) &&
    (label === undefined || job.labels.includes(label)) &&
    (text === undefined || isFound(state, text, job))

const parentOf = (state: MemoryState, parentId: JobId): Option.Option<ParentJob> =>
  Option.all({
    parent: Option.fromNullable(state.jobs.get(parentId)),
    number: Option.fromNullable(state.jobNumbers.get(parentId))
  }).pipe(Option.map(({ number, parent }) => ({ number, id: parent.id, type: parent.type, state: parent.state })))

const chunksOf = (state: MemoryState, renditionId: string): ReadonlyArray<RunnerJob> =>
  Array.from(state.jobs.values()).filter((job) => Option.contains(job.renditionId, renditionId))

/** Leaves the first chunk of each rendition, unless the filter names one. */
const collapsed = (jobs: ReadonlyArray<RunnerJob>, { id, renditionId }: JobFilter): ReadonlyArray<RunnerJob> => {
  if (id !== undefined || renditionId !== undefined) return jobs
  const chunkOf = (job: RunnerJob) => Option.getOrElse(job.chunk, () => 0)
  const hides = (job: RunnerJob, other: RunnerJob) =>
    Option.isSome(job.renditionId) &&
    Option.contains(other.renditionId, job.renditionId.value) &&
    chunkOf(other) < chunkOf(job)
  return jobs.filter((job) => !jobs.some((other) => hides(job, other)))
}

/** The jobs that match the filter, each with its parent and the progress of its rendition. */
export const listJobs = (state: MemoryState, filter: JobFilter): Page<ListedJob> => {
  const found = collapsed(Array.from(state.jobs.values()).filter(matches(state, filter)), filter)
  const { data, total } = pageAfter(found, filter, orderOf(filter))
  const maxTotal = countedOf(filter)
  return {
    total: Math.min(total, maxTotal),
    ...(total > maxTotal ? { isTotalCapped: true } : {}),
    data: data.map((job) => ({
      ...job,
      parent: Option.flatMap(job.parentId, (id) => parentOf(state, id)),
      chunks: Option.map(job.renditionId, (id) => chunkProgress(chunksOf(state, id)))
    }))
  }
}
