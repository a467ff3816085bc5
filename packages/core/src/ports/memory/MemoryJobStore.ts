import { Array as Arr, DateTime, Effect, Equivalence, Layer, Option, Order } from "effect"
import type { JobId, RunnerId } from "../../domain/Ids.ts"
import { isBeyond, noLimits } from "../../domain/job/ConcurrencyLimits.ts"
import type { RunnerJob } from "../../domain/job/RunnerJob.ts"
import { type Beat, type Heartbeat, JobConflict, JobStore, type SignOfLife } from "../JobStore.ts"
import { listJobs } from "./listJobs.ts"
import { attempt, type MemoryState, makeState, planJobInserts, planJobWrites, writeJobs } from "./MemoryState.ts"
import { runningJobs } from "./runningJobs.ts"

const MAX_SILENT = 100

/** A job without the sign is never silent. */
const signOf =
  (by: SignOfLife) =>
  (job: RunnerJob): DateTime.Utc => {
    const sign = job[by]
    return Option.isOption(sign) ? Option.getOrElse(sign, () => DateTime.unsafeMake(8.64e15)) : sign
  }

/** The job store over the given state. Sorting is stable, so equal jobs keep the order of their insertion. */
export const make = (state: MemoryState): JobStore["Type"] => {
  const all = (): ReadonlyArray<RunnerJob> => Array.from(state.jobs.values())

  return JobStore.of({
    insert: (jobs) =>
      attempt(state, "JobStore.insert", (record) => void writeJobs(state, planJobInserts(state, jobs), record)),
    family: (id) => Effect.sync(() => family(state, id)),
    listSilent: ({ by = "updatedAt", limit = MAX_SILENT, since, state: wanted, types }) =>
      Effect.sync(() => {
        const silent = all().filter(
          (job) =>
            job.state === wanted &&
            DateTime.lessThan(signOf(by)(job), since) &&
            (types === undefined || types.includes(job.type))
        )
        return Arr.sort(silent, Order.mapInput(DateTime.Order, signOf(by))).slice(0, limit)
      }),
    ofVideo: (...ids) =>
      Effect.sync(() => all().filter(({ videoId }) => Option.exists(videoId, (id) => ids.includes(id)))),
    list: (filter) => Effect.sync(() => listJobs(state, filter)),
    commit: (jobs, added = [], limits = noLimits) =>
      Effect.flatMap(
        attempt(state, "JobStore.commit", (record) => {
          const beyond = jobs.find(isBeyond(limits, runningJobs(state)))
          if (beyond !== undefined) return new JobConflict({ id: beyond.id })
          const writes = planJobWrites(state, jobs)
          if (writes instanceof JobConflict) return writes
          const inserts = planJobInserts(state, added)
          writeJobs(state, writes, record)
          writeJobs(state, inserts, record)
          return undefined
        }),
        (conflict): Effect.Effect<void, JobConflict> => conflict ?? Effect.void
      ),
    remove: (jobs) => Effect.suspend(() => remove(state, jobs)),
    heartbeat: (beat) => Effect.sync(() => heartbeat(state, beat))
  })
}

const family = (state: MemoryState, id: JobId): ReadonlyArray<RunnerJob> => {
  const first = state.jobs.get(id)
  if (first === undefined) return []
  const members = new Set([id])
  for (const member of members) {
    for (const { id: other, parentId } of state.jobs.values()) {
      if (Option.isSome(parentId) && parentId.value === member) members.add(other)
    }
  }
  members.delete(id)
  if (members.size === 0) return [first]
  return [first, ...Array.from(state.jobs.values()).filter((job) => members.has(job.id))]
}

const remove = (state: MemoryState, jobs: ReadonlyArray<RunnerJob>): Effect.Effect<void, JobConflict> => {
  const changed = jobs.find(({ id, revision }) => state.jobs.get(id)?.revision !== revision)
  if (changed !== undefined) return new JobConflict({ id: changed.id })
  for (const { id } of jobs) state.jobs.delete(id)
  return Effect.void
}

const heartbeat = (state: MemoryState, beat: Heartbeat): Option.Option<Beat> => {
  const job = state.jobs.get(beat.id)
  const runner = Array.from(state.runners.values()).find(({ tokenHash }) => tokenHash === beat.runnerTokenHash)
  if (job === undefined || runner === undefined || !isHolder(job, runner.id, beat)) return Option.none()
  if (job.state !== "Processing" && job.state !== "Completing") return Option.none()
  const progress = job.state === "Processing" ? Option.orElse(beat.progress, () => job.progress) : job.progress
  const hasMoved = !Option.getEquivalence(Equivalence.number)(progress, job.progress)
  const progressedAt = hasMoved ? Option.some(beat.at) : job.progressedAt
  state.jobs.set(job.id, { ...job, progress, progressedAt, updatedAt: beat.at, revision: job.revision + 1 })
  return Option.some({ state: job.state, runner })
}

const isHolder = (job: RunnerJob, runnerId: RunnerId, { jobTokenHash }: Heartbeat): boolean =>
  Option.contains(job.jobTokenHash, jobTokenHash) && Option.contains(job.runnerId, runnerId)

/** Jobs in memory. `MemoryStores.layer` combines them with runners and videos. */
export const layer: Layer.Layer<JobStore> = Layer.sync(JobStore, () => make(makeState()))
