import { Schema } from "effect"
import { AnyObject, Moment } from "../http/fields.ts"
import { StateDocument } from "../jobs/JobDocument.ts"
import { historyFields } from "../jobs/JobHistory.ts"

/** The URL of a file. Null when the host serves no files to players. */
const Url = Schema.NullOr(Schema.String)

const fileFields = {
  /** The short side. 0 for audio. */
  resolution: Schema.Int,
  fps: Schema.Int,
  width: Schema.Int,
  height: Schema.Int,
  /** Bytes. */
  size: Schema.Int,
  url: Url
}

const Size = Schema.Struct({ width: Schema.Int, height: Schema.Int })

const StoryboardDocument = Schema.Struct({
  url: Url,
  trackUrl: Url,
  sprite: Size,
  grid: Size,
  /** Seconds from one tile to the next. */
  interval: Schema.Int
}).annotations({ identifier: "Storyboard" })

const CaptionDocument = Schema.Struct({
  language: Schema.String,
  label: Schema.String,
  automatic: Schema.Boolean,
  url: Url,
  playlistUrl: Url
}).annotations({ identifier: "Caption" })

const LiveDocument = Schema.Struct({
  state: Schema.String,
  error: Schema.NullOr(Schema.String),
  replay: Schema.Boolean
}).annotations({ identifier: "Live" })

/** The progress of a rendition that is made in chunks. */
const ChunkProgress = Schema.Struct({ total: Schema.Int, completed: Schema.Int }).annotations({
  identifier: "ChunkProgress"
})

const ChunkingDocument = Schema.Struct({
  /** `cutting`, `cut`, or `whole` where the source was not cut. */
  state: Schema.String,
  /** The number of chunks. 0 until it is known. */
  total: Schema.Int,
  /** Why the video is transcoded whole. */
  reason: Schema.NullOr(Schema.String)
}).annotations({ identifier: "Chunking" })

/**
 * A job of a video. Messages of runners are shown to administrators only. The chunks of a rendition are one entry, with
 * their progress together.
 */
const VideoJob = Schema.Struct({
  uuid: Schema.String,
  type: Schema.String,
  state: StateDocument,
  progress: Schema.NullOr(Schema.Int),
  failures: Schema.Int,
  error: Schema.NullOr(Schema.String),
  resolution: Schema.NullOr(Schema.Int),
  /** Null for a job that makes a whole file. */
  chunks: Schema.NullOr(ChunkProgress),
  runner: Schema.NullOr(Schema.Struct({ id: Schema.Int, name: Schema.String })),
  ...historyFields
}).annotations({ identifier: "VideoJob" })

/** A video with everything that was made of it, and its jobs. */
export const VideoDocument = Schema.Struct({
  uuid: Schema.String,
  id: Schema.Int,
  /** The title, otherwise the name of the file, otherwise the name of its folder. */
  name: Schema.String,
  externalId: Schema.NullOr(Schema.String),
  metadata: AnyObject,
  title: Schema.NullOr(Schema.String),
  fileName: Schema.NullOr(Schema.String),
  state: Schema.Struct({ id: Schema.Int, label: Schema.String }),
  /** Seconds. */
  duration: Schema.NullOr(Schema.Number),
  thumbnailUrl: Url,
  /** The HLS master playlist. */
  playlistUrl: Url,
  files: Schema.Array(Schema.Struct({ ...fileFields, playlistUrl: Url })),
  webVideos: Schema.Array(Schema.Struct(fileFields)),
  language: Schema.NullOr(Schema.String),
  captions: Schema.Array(CaptionDocument),
  storyboard: Schema.NullOr(StoryboardDocument),
  live: Schema.NullOr(LiveDocument),
  /** Null for a video that was never meant to be made in chunks. */
  chunking: Schema.NullOr(ChunkingDocument),
  /** From -10 to 10. Higher runs first. */
  priority: Schema.Int,
  /** The customer of the host to whom the video belongs. */
  tenant: Schema.NullOr(Schema.String),
  /** The labels that its jobs require of runners. */
  labels: Schema.Array(Schema.String),
  jobs: Schema.Array(VideoJob),
  /** 0 to 100. */
  progress: Schema.Int,
  createdAt: Moment
}).annotations({ identifier: "Video" })
export type VideoDocument = typeof VideoDocument.Type

/** The ids of a new video. */
const VideoIds = Schema.Struct({ id: Schema.Int, uuid: Schema.String }).annotations({ identifier: "VideoIds" })

/** The answer about a new video. */
export const NewVideo = Schema.Struct({ video: VideoIds })

const jobId = { job: Schema.Struct({ uuid: Schema.String }) }

/** The answer about a new job. */
export const NewJob = Schema.Struct(jobId)

/** The answer about a new job, with the video if it is new, too. */
export const NewJobOfVideo = Schema.Struct({ ...jobId, video: Schema.optionalWith(VideoIds, { exact: true }) })

/** The answer about several jobs. */
export const JobIds = Schema.Struct({ jobs: Schema.Array(Schema.Struct({ uuid: Schema.String })) })
