import {
  type ConnectorConfig,
  JobAdmin,
  type JobStore,
  JobsOfVideo,
  type JobType,
  type Persistence,
  type Runner,
  Runners,
  type WaitingFor
} from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Either, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { AnyObject, Moment } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"
import { jobFields, jobMembers, StateDocument, stateDocuments } from "../jobs/JobDocument.ts"
import { historyDocument, historyFields } from "../jobs/JobHistory.ts"
import { filterOf, JobsQuery } from "./JobsQuery.ts"
import { listedPayload } from "./listedPayload.ts"
import { pageOf, readAfter } from "./paging.ts"

/** A job as administrators see it. */
export const ListedJob = Schema.Struct({
  ...jobFields,
  ...historyFields,
  /** From -10 to 10, higher first: the priority of its video, unless it was changed for the job alone. */
  urgency: Schema.Int,
  finishedAt: Schema.optional(Moment),
  /** The labels that a runner must have to get the job. */
  labels: Schema.Array(Schema.String),
  privatePayload: AnyObject,
  /** The rendition of which the job makes a chunk, and how far it is. */
  rendition: Schema.optional(
    Schema.Struct({ uuid: Schema.String, total: Schema.Int, completed: Schema.Int, progress: Schema.Int })
  ),
  parent: Schema.optional(
    Schema.Struct({ id: Schema.Int, uuid: Schema.String, type: Schema.String, state: StateDocument })
  )
}).annotations({ identifier: "ListedJob" })

export const listJobs = endpoint({
  name: "listJobs",
  method: "GET",
  path: "/api/v1/runners/jobs",
  summary: "List jobs of all states",
  admin: true,
  query: JobsQuery,
  status: 200,
  response: Schema.Struct({
    ...pageOf(ListedJob).fields,
    totalIsCapped: Schema.optional(Schema.Boolean).annotations({
      description: "True: there are more jobs than `total`, which is counted up to 10,000. Otherwise absent."
    })
  })
})

const parentDocument = ({ id, number, state, type }: JobStore.ParentJob) => ({
  id: number,
  uuid: id,
  type,
  state: stateDocuments[state]
})

const listedJob = (
  job: JobStore.ListedJob,
  shown: {
    readonly runner: Option.Option<Runner.Runner>
    readonly payload: unknown
    readonly waiting: Option.Option<WaitingFor.WaitingFor>
  }
): typeof ListedJob.Type => ({
  ...jobMembers(job, shown.runner, shown.payload),
  ...historyDocument(job, shown.waiting),
  urgency: JobsOfVideo.urgencyOf(job),
  ...Option.match(job.finishedAt, { onNone: () => ({}), onSome: (at) => ({ finishedAt: DateTime.formatIso(at) }) }),
  labels: job.labels,
  privatePayload: job.privatePayload,
  ...Option.match(Option.all([job.renditionId, job.chunks]), {
    onNone: () => ({}),
    onSome: ([uuid, chunks]) => ({ rendition: { uuid, ...chunks } })
  }),
  ...Option.match(job.parent, { onNone: () => ({}), onSome: (parent) => ({ parent: parentDocument(parent) }) })
})

/** What documents of jobs need. */
export type DocumentNeeds = JobAdmin.JobAdmin | Runners.Runners | JobType.JobTypes | ConnectorConfig.ConnectorConfig

/** Makes documents of jobs, with their runners and the reasons why they wait. */
export const makeDocuments: Effect.Effect<
  (
    listed: ReadonlyArray<JobStore.ListedJob>
  ) => Effect.Effect<ReadonlyArray<typeof ListedJob.Type>, Persistence.PersistenceError>,
  never,
  DocumentNeeds
> = Effect.gen(function* () {
  const jobs = yield* JobAdmin.JobAdmin
  const runners = yield* Runners.Runners
  const payloadOf = yield* listedPayload
  return Effect.fnUntraced(function* (listed: ReadonlyArray<JobStore.ListedJob>) {
    const known = yield* runners.byIds(Arr.dedupe(listed.flatMap((job) => Option.toArray(job.runnerId))))
    const reasons = yield* jobs.explain(listed)
    return listed.map((job) => {
      const runner = Option.flatMapNullable(job.runnerId, (id) => known.get(id))
      // A job whose type is no longer offered is shown as it is stored.
      const payload = Either.getOrElse(payloadOf(job), () => job.payload)
      const waiting = Option.fromNullable(reasons.get(job.id))
      return listedJob(job, { runner, payload, waiting })
    })
  })
})

/** Answers `listJobs`. */
export const handleListJobs: Effect.Effect<Handler, never, Reception | DocumentNeeds> = Effect.gen(function* () {
  const jobs = yield* JobAdmin.JobAdmin
  const documentsOf = yield* makeDocuments
  return yield* respondWithDocument(listJobs, {
    run: Effect.fnUntraced(function* ({ query }) {
      const { count, sort, start } = query
      const { data, isTotalCapped, total } = yield* readAfter(
        query,
        (from) => jobs.list({ count, sort, start, ...from, ...filterOf(query) }),
        (id) => Effect.map(jobs.list({ id, start: 0, count: 0 }), ({ total }) => total > 0)
      )
      const capped = isTotalCapped === true ? { totalIsCapped: true } : {}
      return { total, ...capped, data: yield* documentsOf(data) }
    })
  })
})
