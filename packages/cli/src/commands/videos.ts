import { Command } from "@effect/cli"
import {
  type Chunking,
  type Editing,
  FileNames,
  JobAdmin,
  type LiveSession,
  RenditionJobs,
  type Video,
  VideoStore
} from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, listOptions, moment, printFacts, printJson, printList, type Row } from "../output.ts"
import { unknownVideo, uuid, videoIdOf } from "./given.ts"
import { edit } from "./videoEdit.ts"
import { videoFilterOf, videoFilters } from "./videoFilters.ts"
import { type UploadNeeds, upload } from "./videoUpload.ts"
import { type VideoNeeds, videoWork } from "./videoWork.ts"

const rowOf = (video: Video.Video): Row => ({
  uuid: video.id,
  state: video.state,
  renditions: video.files.length + video.webVideos.length,
  created: moment(video.createdAt),
  name: FileNames.displayName(video)
})

const list = Command.make("list", { ...listOptions, ...videoFilters }, (given) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) =>
    printList({
      ...{ options: given, row: rowOf, none: "There is no video." },
      list: (page) => videos.list({ ...page, ...videoFilterOf(given) })
    })
  )
).pipe(Command.withDescription("Lists videos and lives, the newest first"))

const renditionOf = ({ resolution, size }: Pick<Video.WebVideo, "resolution" | "size">) => ({ resolution, bytes: size })

const liveOf = ({ error, replay, state }: LiveSession.LiveSession) => ({
  state,
  error: Option.getOrNull(error),
  replay
})

const chunkingOf = ({ reason, state, total }: Chunking.Chunking) => ({ state, total, reason: reason ?? null })

const jobOf = (row: RenditionJobs.RenditionJob) => ({
  uuid: row.job.id,
  type: row.job.type,
  state: JobDocument.stateDocuments[row.job.state].label,
  progress: Option.getOrNull(RenditionJobs.progressOf(row)),
  chunks: Option.getOrNull(Option.map(row.chunks, ({ completed, total }) => ({ completed, total })))
})

const factsOf = (video: Video.Video) => ({
  uuid: video.id,
  title: Option.getOrNull(video.title),
  name: FileNames.displayName(video),
  externalId: Option.getOrNull(video.externalId),
  metadata: video.metadata,
  state: video.state,
  duration: Option.getOrNull(video.source.duration),
  labels: video.labels,
  tenant: Option.getOrNull(video.tenant),
  priority: video.priority,
  renditions: video.files.map(renditionOf),
  files: video.webVideos.map(renditionOf),
  captions: video.captions.map(({ language }) => language),
  storyboard: Option.isSome(video.storyboard),
  live: Option.getOrNull(Option.map(video.live, liveOf)),
  chunking: Option.getOrNull(Option.map(video.chunking, chunkingOf)),
  destination: video.destination,
  created: moment(video.createdAt),
  updated: moment(video.updatedAt)
})

const show = Command.make("show", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const id = yield* videoIdOf(uuid)
    const found = yield* Effect.flatMap(VideoStore.VideoStore, ({ find }) => find(id))
    if (Option.isNone(found)) return yield* unknownVideo(uuid)
    const jobs = RenditionJobs.byRendition(yield* Effect.flatMap(JobAdmin.JobAdmin, ({ ofVideo }) => ofVideo(id))).map(
      jobOf
    )
    const facts = { ...factsOf(found.value), jobs: jobs.length }
    yield* json ? printJson({ ...facts, jobs }) : printFacts(false, facts)
  })
).pipe(
  Command.withDescription(
    "Shows a video. `job list --video` lists its jobs, `why` explains them. A rendition in chunks is one job"
  )
)

export const videoCommand: CommandOf<
  "video",
  VideoStore.VideoStore | JobAdmin.JobAdmin | Editing.Editing | UploadNeeds | VideoNeeds
> = Command.make("video").pipe(
  Command.withDescription("Uploaded videos and their renditions"),
  Command.withSubcommands([list, show, upload, edit, ...videoWork])
)
