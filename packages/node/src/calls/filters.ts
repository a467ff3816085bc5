import { Ids, JobStore, RunnerJob, Video, type VideoStore } from "@runner-connector/core"
import { Effect, Schema } from "effect"
import type { InvalidRequest } from "../errors/index.ts"
import type { JobFilter, VideoFilter } from "../model.ts"
import { decoded } from "./decoded.ts"
import { pageOf } from "./pages.ts"

const optional = Schema.optional

const sortBy = <Column extends string>(...columns: readonly [Column, ...ReadonlyArray<Column>]) =>
  optional(Schema.Struct({ by: Schema.Literal(...columns), descending: Schema.Boolean }))

const page = { start: optional(Schema.Int), count: optional(Schema.Int) }

const OfVideos = Schema.Struct({
  ...page,
  after: optional(Ids.VideoId),
  states: optional(Schema.Array(Video.VideoState)),
  text: optional(Schema.String),
  live: optional(Schema.Boolean),
  sort: sortBy<VideoStore.VideoColumn>("createdAt", "updatedAt", "title")
})

const OfJobs = Schema.Struct({
  ...page,
  after: optional(Ids.JobId),
  id: optional(Ids.JobId),
  renditionId: optional(Schema.UUID),
  states: optional(Schema.Array(RunnerJob.JobState)),
  types: optional(Schema.Array(Schema.String)),
  runnerId: optional(Ids.RunnerId),
  videoId: optional(Ids.VideoId),
  label: optional(Schema.String),
  text: optional(Schema.String),
  sort: sortBy<JobStore.JobColumn>("updatedAt", "createdAt", "priority", "state", "progress"),
  maxTotal: optional(Schema.Int.pipe(Schema.between(0, JobStore.MAX_COUNTED_JOBS)))
})

type Defined<A> = { readonly [Key in keyof A]: Exclude<A[Key], undefined> }

/** The ports tell an absent member from an undefined one. */
const defined = <A extends object>(given: A): Defined<A> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<A>

/** A misspelt member would list everything, so it is refused. */
const filterOf =
  <A extends object, I>(schema: Schema.Schema<A, I>) =>
  (given: { readonly start?: number | undefined; readonly count?: number | undefined }) =>
    Effect.gen(function* () {
      const filter = yield* decoded(schema, given, { onExcessProperty: "error" })
      return { ...defined(filter), ...(yield* pageOf(given)) }
    })

/** The filter of a list of videos, with its page. */
export const videoFilter: (given: VideoFilter) => Effect.Effect<VideoStore.VideoFilter, InvalidRequest> =
  filterOf(OfVideos)

/** The filter of a list of jobs, with its page. */
export const jobFilter: (given: JobFilter) => Effect.Effect<JobStore.JobFilter, InvalidRequest> = filterOf(OfJobs)
