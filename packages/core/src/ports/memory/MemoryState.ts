import { DateTime, Effect, Option, Schema } from "effect"
import type { NewEvent } from "../../domain/event/Event.ts"
import { type JobChange, jobEvents } from "../../domain/event/jobEvents.ts"
import { runnerEvent } from "../../domain/event/runnerEvents.ts"
import type { FileKey } from "../../domain/FileKey.ts"
import type { JobId, RegistrationTokenId, RunnerId, VideoId } from "../../domain/Ids.ts"
import { RunnerJob } from "../../domain/job/RunnerJob.ts"
import type { RegistrationToken, Runner } from "../../domain/runner/Runner.ts"
import type { Upload } from "../../domain/Upload.ts"
import type { MediaReport } from "../../domain/video/MediaReport.ts"
import { Video } from "../../domain/video/Video.ts"
import { JobConflict } from "../JobStore.ts"
import { PersistenceError } from "../PersistenceError.ts"
import { type Changes, report } from "../StateChanges.ts"
import { UploadGone } from "../UploadStore.ts"
import type { MemoryConsumers } from "./MemoryEventConsumers.ts"
import { type MemoryLog, makeLog, OpenTransaction } from "./MemoryLog.ts"
import type { MemoryPresence } from "./MemoryPresence.ts"
import { type MemoryWebhooks, makeWebhooks } from "./MemoryWebhooks.ts"

/** The state shared by the memory stores. A map keeps the order of insertion. */
export interface MemoryState {
  readonly jobs: Map<JobId, RunnerJob>
  /** The number of every job that was ever inserted. */
  readonly jobNumbers: Map<JobId, number>
  readonly videos: Map<VideoId, Video>
  /** The reports of each video by name. */
  readonly reports: Map<VideoId, ReadonlyMap<string, MediaReport>>
  readonly runners: Map<RunnerId, Runner>
  readonly registrationTokens: Map<RegistrationTokenId, RegistrationToken>
  readonly uploads: Map<FileKey, Upload>
  /** The runner for which a pending job is kept, and all for which it was kept before. */
  readonly kept: Map<JobId, { readonly until: DateTime.Utc; readonly runners: ReadonlyArray<RunnerId> }>
  readonly log: MemoryLog
  readonly consumers: MemoryConsumers
  readonly webhooks: MemoryWebhooks
  readonly presence: MemoryPresence
  /** A new number for each call. */
  readonly nextNumber: () => number
}

/** An empty state. */
export const makeState = (): MemoryState => {
  let last = 0
  return {
    jobs: new Map(),
    jobNumbers: new Map(),
    kept: new Map(),
    videos: new Map(),
    reports: new Map(),
    runners: new Map(),
    registrationTokens: new Map(),
    uploads: new Map(),
    log: makeLog(),
    consumers: new Map(),
    webhooks: makeWebhooks(),
    presence: { reports: new Map(), online: new Map() },
    nextNumber: () => {
      last += 1
      return last
    }
  }
}

type VideoRows = Changes["videos"][number]

/** Adds events to the transaction of a write, and the rows that the observers of changes see. */
export type Record = (events: ReadonlyArray<NewEvent>, rows?: Partial<Pick<Changes, "jobs" | "videos">>) => void

/**
 * Runs the body in one step of the event loop, so that no other fiber sees a part of it. An exception becomes the
 * error. The events that the body records belong to the open transaction, or else to one of its own.
 */
export const attempt = <A>(
  state: MemoryState,
  operation: string,
  body: (record: Record) => A
): Effect.Effect<A, PersistenceError> =>
  Effect.gen(function* () {
    const open = yield* OpenTransaction
    const at = yield* DateTime.now
    const own = open ?? state.log.begin()
    const changes = { events: [] as NewEvent[], jobs: [] as JobChange[], videos: [] as VideoRows[] }
    const record: Record = (events, { jobs = [], videos = [] } = {}) => {
      state.log.add(events, own, at)
      changes.events.push(...events)
      changes.jobs.push(...jobs)
      changes.videos.push(...videos)
    }
    const answer = yield* Effect.try({
      try: () => body(record),
      catch: (cause) => new PersistenceError({ operation, cause })
    })
    if (open === undefined) yield* report(changes)
    return answer
  })

/** PostgreSQL stores no NUL character, neither in text nor in jsonb. */
const refuseNul = (key: string, value: unknown): unknown => {
  if (key.includes("\0") || (typeof value === "string" && value.includes("\0"))) {
    throw new Error("Text with a NUL character cannot be stored")
  }
  return value
}

/** The value after a round trip through JSON. */
export const jsonCopy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null, refuseNul))

const encodeJob = Schema.encodeSync(RunnerJob)
const decodeJob = Schema.decodeSync(RunnerJob)
const encodeVideo = Schema.encodeSync(Video)
const decodeVideo = Schema.decodeSync(Video)

/**
 * The job as a database returns it: a copy with payloads reduced to JSON. Throws for values that a database rejects.
 */
export const storedJob = (job: RunnerJob): RunnerJob => {
  const row = encodeJob(job)
  JSON.stringify(row, refuseNul)
  return decodeJob({ ...row, payload: jsonCopy(row.payload), privatePayload: jsonCopy(row.privatePayload) })
}

/** The video as a database returns it. Throws for values that a database rejects. */
export const storedVideo = (video: Video): Video => {
  const row = encodeVideo(video)
  JSON.stringify(row, refuseNul)
  return { ...decodeVideo(row), metadata: jsonCopy(row.metadata) as Video["metadata"] }
}

/** Throws for text that a database rejects. */
export const assertStorable = (record: object): void => {
  JSON.stringify(record, refuseNul)
}

/** The jobs with their new revisions, or the first one that was changed since it was read. Writes nothing. */
export const planJobWrites = (
  state: MemoryState,
  jobs: ReadonlyArray<RunnerJob>
): ReadonlyMap<JobId, RunnerJob> | JobConflict => {
  const writes = new Map<JobId, RunnerJob>()
  for (const job of jobs) {
    const current = writes.get(job.id) ?? state.jobs.get(job.id)
    if (current === undefined || current.revision !== job.revision) return new JobConflict({ id: job.id })
    writes.set(job.id, storedJob({ ...job, createdAt: current.createdAt, revision: job.revision + 1 }))
  }
  return writes
}

/** The jobs as they will be stored. Throws when one exists. Writes nothing but their numbers. */
export const planJobInserts = (state: MemoryState, jobs: ReadonlyArray<RunnerJob>): ReadonlyMap<JobId, RunnerJob> => {
  const writes = new Map<JobId, RunnerJob>()
  for (const job of jobs) {
    if (state.jobs.has(job.id) || writes.has(job.id)) throw new Error(`There is a job ${job.id} already`)
    writes.set(job.id, storedJob(job))
  }
  for (const id of writes.keys()) state.jobNumbers.set(id, state.nextNumber())
  return writes
}

/** Throws when one of the uploads cannot be taken over. */
export const assertUploads = (state: MemoryState, keys: ReadonlyArray<FileKey>): void => {
  const gone = keys.find((key) => state.uploads.get(key)?.abandoned !== false)
  if (gone !== undefined) throw new UploadGone({ key: gone })
}

/** Removes the runner, also from its jobs, whose revisions grow. Returns those that it was processing. */
export const forgetRunner = (
  state: MemoryState,
  { id, name }: Pick<Runner, "id" | "name">,
  at: DateTime.Utc,
  record: Record
): ReadonlyArray<JobId> => {
  state.runners.delete(id)
  record([runnerEvent("runner.removed", { id, name }, at)])
  const own = Array.from(state.jobs.values()).filter((job) => Option.contains(job.runnerId, id))
  for (const job of own) {
    state.jobs.set(job.id, { ...job, runnerId: Option.none(), revision: job.revision + 1 })
  }
  return own.filter((job) => job.state === "Processing").map((job) => job.id)
}

/** Writes jobs and records their events. They are no longer kept for any runner. Returns what has changed. */
export const writeJobs = (
  state: MemoryState,
  jobs: ReadonlyMap<JobId, RunnerJob>,
  record: Record
): ReadonlyArray<JobChange> => {
  const changes = Array.from(jobs.values(), (after) => ({ before: state.jobs.get(after.id)?.state, after }))
  write(state.jobs, jobs)
  for (const id of jobs.keys()) state.kept.delete(id)
  record(changes.flatMap(jobEvents), { jobs: changes })
  return changes
}

/** Sets all entries at once. */
export const write = <K, V>(target: Map<K, V>, entries: ReadonlyMap<K, V>): void => {
  for (const [key, value] of entries) target.set(key, value)
}
