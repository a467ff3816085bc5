import { Args, Command } from "@effect/cli"
import {
  DisplayText,
  HostData,
  MediaReports,
  Removal,
  Storyboards,
  Transcoding,
  Transcription,
  VideoAdmin
} from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import type { CommandsOf } from "../CommandOf.ts"
import { json, printChange, printJson } from "../output.ts"
import { Refusal, refusal, retryRefusals, workRefusals } from "../Refusal.ts"
import {
  forEach,
  forEachWithJobs,
  printJobs,
  priority,
  priorityOf,
  unknownVideo,
  uuid,
  uuids,
  videoIdOf
} from "./given.ts"

/** What the commands about videos need. */
export type VideoNeeds =
  | MediaReports.MediaReports
  | Removal.Removal
  | Storyboards.Storyboards
  | Transcoding.Transcoding
  | Transcription.Transcription
  | VideoAdmin.VideoAdmin

const title = Command.make(
  "title",
  {
    uuid,
    title: Args.text({ name: "title" }).pipe(Args.withDescription("Empty: the name of the file counts again")),
    json
  },
  ({ json, title, uuid }) =>
    Effect.gen(function* () {
      const { change } = yield* VideoAdmin.VideoAdmin
      const given = yield* Effect.transposeMapOption(
        title === "" ? Option.none<string>() : Option.some(title),
        (text) =>
          Effect.mapError(Schema.decode(DisplayText.DisplayText)(text), ({ message }) => new Refusal({ message }))
      )
      yield* Effect.catchTag(change(yield* videoIdOf(uuid), { title: given }), "UnknownVideo", () => unknownVideo(uuid))
      yield* printChange(json, { uuid, title: Option.getOrNull(given) })
    })
).pipe(Command.withDescription("Changes the title of a video"))

const metadata = Command.make(
  "metadata",
  { uuid, metadata: Args.text({ name: "json" }).pipe(Args.withDescription("A JSON object")), json },
  ({ json, metadata, uuid }) =>
    Effect.gen(function* () {
      const { change } = yield* VideoAdmin.VideoAdmin
      const given = yield* Effect.mapError(
        Schema.decode(Schema.compose(Schema.parseJson(), HostData.GivenMetadata))(metadata),
        ({ message }) => new Refusal({ message })
      )
      yield* Effect.catchTag(change(yield* videoIdOf(uuid), { metadata: given }), "UnknownVideo", () =>
        unknownVideo(uuid)
      )
      yield* printChange(json, { uuid, metadata: given })
    })
).pipe(Command.withDescription("Replaces the metadata of a video: the facts of the application"))

const moveOne = (to: number) => (uuid: string) =>
  Effect.gen(function* () {
    const { change } = yield* VideoAdmin.VideoAdmin
    yield* Effect.catchTag(change(yield* videoIdOf(uuid), { priority: to }), "UnknownVideo", () => unknownVideo(uuid))
  })

const move = Command.make("priority", { uuids, priority, json }, ({ json, priority, uuids }) =>
  Effect.flatMap(priorityOf(priority), (to) => forEach(uuids, moveOne(to), json))
).pipe(Command.withDescription("Moves videos and their jobs that are not completed to another priority"))

const ensure = Command.make("ensure", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { ensureRenditions } = yield* Transcoding.Transcoding
    const made = yield* ensureRenditions(yield* videoIdOf(uuid)).pipe(
      Effect.catchTags({ UnknownVideo: () => unknownVideo(uuid), VideoNotTranscodable: refusal })
    )
    yield* printJobs(json, made)
  })
).pipe(Command.withDescription("Makes jobs for the renditions that a video lacks, and prints them"))

const captions = Command.make("captions", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { transcribeVideo } = yield* Transcription.Transcription
    const job = yield* transcribeVideo({ video: yield* videoIdOf(uuid) }).pipe(
      Effect.catchTags({
        UnknownVideo: () => unknownVideo(uuid),
        InvalidRequest: refusal,
        ...workRefusals
      })
    )
    yield* printJobs(json, [job])
  })
).pipe(Command.withDescription("Makes a job for the captions of a video, and prints it"))

const storyboard = Command.make("storyboard", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { makeStoryboard } = yield* Storyboards.Storyboards
    const job = yield* makeStoryboard(yield* videoIdOf(uuid)).pipe(
      Effect.catchTags({
        UnknownVideo: () => unknownVideo(uuid),
        ...workRefusals
      })
    )
    yield* printJobs(json, [job])
  })
).pipe(Command.withDescription("Makes a job for the hover previews of a video, and prints it"))

const cancelOne = (uuid: string) =>
  Effect.gen(function* () {
    const { cancelJobs } = yield* VideoAdmin.VideoAdmin
    return yield* Effect.catchTag(cancelJobs(yield* videoIdOf(uuid)), "UnknownVideo", () => unknownVideo(uuid))
  })

const cancel = Command.make("cancel", { uuids, json }, ({ json, uuids }) =>
  forEachWithJobs(uuids, cancelOne, json)
).pipe(Command.withDescription("Cancels all open jobs of videos, and prints them"))

const retryOne = (uuid: string) =>
  Effect.gen(function* () {
    const { retryJobs } = yield* VideoAdmin.VideoAdmin
    return yield* retryJobs(yield* videoIdOf(uuid)).pipe(
      Effect.catchTags({ UnknownVideo: () => unknownVideo(uuid), ...retryRefusals })
    )
  })

const retry = Command.make("retry", { uuids, json }, ({ json, uuids }) => forEachWithJobs(uuids, retryOne, json)).pipe(
  Command.withDescription("Tries all failed and cancelled jobs of videos again, and prints them")
)

const reports = Command.make("reports", { uuid, json }, ({ uuid }) =>
  Effect.gen(function* () {
    const { reportsOf } = yield* MediaReports.MediaReports
    const { files, source, webVideos } = yield* Effect.catchTag(reportsOf(yield* videoIdOf(uuid)), "UnknownVideo", () =>
      unknownVideo(uuid)
    )
    const documentOf = ({ file, report }: (typeof files)[number]) => ({
      resolution: file.resolution,
      key: file.key,
      report: Option.getOrNull(report)
    })
    yield* printJson({
      source: Option.getOrNull(source),
      files: files.map(documentOf),
      webVideos: webVideos.map(documentOf)
    })
  })
).pipe(Command.withDescription("Prints the results of ffprobe on the files of a video, as JSON"))

const removeOne = (uuid: string) =>
  Effect.gen(function* () {
    const { removeVideo } = yield* Removal.Removal
    yield* Effect.catchTag(removeVideo(yield* videoIdOf(uuid)), "UnknownVideo", () => unknownVideo(uuid))
  })

const remove = Command.make("delete", { uuids, json }, ({ json, uuids }) => forEach(uuids, removeOne, json)).pipe(
  Command.withDescription("Cancels the jobs of videos and removes them with their files")
)

/** The commands that change one video or request work on it. */
export const videoWork: CommandsOf<VideoNeeds> = [
  title,
  metadata,
  move,
  ensure,
  captions,
  storyboard,
  cancel,
  retry,
  reports,
  remove
]
