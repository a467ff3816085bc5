import { Ids, type JobStore, RunnerJob } from "@runner-connector/core"
import { Schema } from "effect"
import { CleanText, numberIn, oneOf, uuidV4 } from "../http/fields.ts"
import { stateDocuments } from "../jobs/JobDocument.ts"
import { newestFirst, paging, sortBy } from "./paging.ts"

const jobColumns = [
  "createdAt",
  "updatedAt",
  "priority",
  "state",
  "progress"
] as const satisfies ReadonlyArray<JobStore.JobColumn>

/** Every job type of PeerTube, including those that this server does not offer. */
const jobTypes = [
  "vod-web-video-transcoding",
  "vod-hls-transcoding",
  "vod-audio-merge-transcoding",
  "live-rtmp-hls-transcoding",
  "video-studio-transcoding",
  "video-transcription",
  "generate-video-storyboard"
] as const

const StateNumber = Schema.Union(
  ...RunnerJob.JobState.literals.map((state) => Schema.transformLiteral(String(stateDocuments[state].id), state))
)

/** Selects a part of the list of jobs. */
export const JobsQuery = Schema.Struct({
  ...paging,
  /** Begins behind the job with this UUID. */
  after: Schema.optional(Ids.JobId),
  sort: Schema.optionalWith(sortBy(jobColumns), { default: () => newestFirst }),
  /** The UUID of a job, or a part of its type or of its runner's name. */
  search: Schema.optional(CleanText.pipe(Schema.maxLength(500))),
  stateOneOf: oneOf(StateNumber, { type: "integer", minimum: 1, maximum: 9 }),
  typeOneOf: oneOf(Schema.Literal(...jobTypes), { type: "string", enum: [...jobTypes] }),
  /** The runner that holds or last held the job. */
  runnerId: Schema.optional(numberIn(Ids.RunnerId)),
  videoUUID: Schema.optional(Ids.VideoId),
  /** A label that runners must have to get the job. */
  label: Schema.optional(CleanText.pipe(Schema.maxLength(50))),
  /** Lists the chunks of this rendition. Otherwise a rendition that is made in chunks is one entry. */
  renditionUUID: Schema.optional(Schema.UUID)
})

/** Returns the filter of a query. An empty search filters nothing. */
export const filterOf = ({
  label = "",
  renditionUUID,
  runnerId,
  search = "",
  stateOneOf,
  typeOneOf,
  videoUUID
}: typeof JobsQuery.Type) => ({
  ...(label === "" ? {} : { label }),
  ...(renditionUUID === undefined ? {} : { renditionId: renditionUUID.toLowerCase() }),
  ...(runnerId === undefined ? {} : { runnerId }),
  ...(videoUUID === undefined ? {} : { videoId: videoUUID }),
  ...(stateOneOf === undefined ? {} : { states: stateOneOf }),
  ...(typeOneOf === undefined ? {} : { types: typeOneOf }),
  ...(search === "" ? {} : uuidV4.test(search) ? { id: Ids.JobId.make(search.toLowerCase()) } : { text: search })
})
