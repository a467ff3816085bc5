import { Command, Options } from "@effect/cli"
import { type Editing, FileNames, JobAdmin, Video, VideoStore } from "@runner-connector/core"
import { JobDocument } from "@runner-connector/protocol"
import { Console, Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, listOptions, moment, printJson, printList, type Row } from "../output.ts"
import { unknownVideo, uuid, videoIdOf } from "./given.ts"
import { edit } from "./videoEdit.ts"
import { type UploadNeeds, upload } from "./videoUpload.ts"
import { type VideoNeeds, videoWork } from "./videoWork.ts"

const rowOf = (video: Video.Video): Row => ({
  uuid: video.id,
  state: video.state,
  renditions: video.files.length + video.webVideos.length,
  created: moment(video.createdAt),
  name: FileNames.displayName(video)
})

const filters = {
  states: Options.choice("state", Video.VideoState.literals).pipe(
    Options.repeated,
    Options.withDescription("Only videos in this state; may be given several times")
  ),
  search: Options.text("search").pipe(
    Options.optional,
    Options.withDescription("Only videos with this text in their title, file name or external id")
  ),
  sort: Options.choice("sort", ["createdAt", "updatedAt", "title"]).pipe(Options.optional),
  ascending: Options.boolean("ascending").pipe(Options.withDescription("Sort in ascending order"))
}

const list = Command.make("list", { ...listOptions, ...filters }, ({ ascending, search, sort, states, ...options }) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) =>
    printList({
      ...{ options, row: rowOf, none: "There is no video." },
      list: (page) =>
        videos.list({
          ...page,
          ...(states.length > 0 ? { states } : {}),
          ...(Option.isSome(search) ? { text: search.value } : {}),
          sort: { by: Option.getOrElse(sort, () => "createdAt" as const), descending: !ascending }
        })
    })
  )
).pipe(Command.withDescription("Lists videos and lives, the newest first"))

const renditionOf = ({ resolution, size }: Pick<Video.WebVideo, "resolution" | "size">) => ({ resolution, bytes: size })

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
  destination: video.destination,
  created: moment(video.createdAt),
  updated: moment(video.updatedAt)
})

const textOf = (value: unknown): string =>
  Array.isArray(value) && value.length === 0
    ? "-"
    : value === null
      ? "-"
      : typeof value === "string"
        ? value
        : JSON.stringify(value)

const show = Command.make("show", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const id = yield* videoIdOf(uuid)
    const found = yield* Effect.flatMap(VideoStore.VideoStore, ({ find }) => find(id))
    if (Option.isNone(found)) return yield* unknownVideo(uuid)
    const jobs = (yield* Effect.flatMap(JobAdmin.JobAdmin, ({ ofVideo }) => ofVideo(id))).map((job) => ({
      uuid: job.id,
      type: job.type,
      state: JobDocument.stateDocuments[job.state].label,
      progress: Option.getOrNull(job.progress)
    }))
    const facts = { ...factsOf(found.value), jobs: jobs.length }
    if (json) return yield* printJson({ ...facts, jobs })
    for (const [name, value] of Object.entries(facts)) yield* Console.log(`${name.padEnd(12)} ${textOf(value)}`)
  })
).pipe(Command.withDescription("Shows a video. `job list --video` lists its jobs, `why` explains them"))

export const videoCommand: CommandOf<
  "video",
  VideoStore.VideoStore | JobAdmin.JobAdmin | Editing.Editing | UploadNeeds | VideoNeeds
> = Command.make("video").pipe(
  Command.withDescription("Uploaded videos and their renditions"),
  Command.withSubcommands([list, show, upload, edit, ...videoWork])
)
