import { Args, Command } from "@effect/cli"
import {
  DisplayText,
  MediaReports,
  Removal,
  type RunnerJob,
  Storyboards,
  Transcoding,
  Transcription,
  VideoAdmin
} from "@runner-connector/core"
import { Console, Effect, Option, Schema } from "effect"
import type { CommandsOf } from "../CommandOf.ts"
import { json, printJson } from "../output.ts"
import { Refusal, refusal, retryRefusals, workRefusals } from "../Refusal.ts"
import { forEach, priority, priorityOf, unknownVideo, uuid, uuids, videoIdOf } from "./given.ts"

/** What the commands about videos need. */
export type VideoNeeds =
  | MediaReports.MediaReports
  | Removal.Removal
  | Storyboards.Storyboards
  | Transcoding.Transcoding
  | Transcription.Transcription
  | VideoAdmin.VideoAdmin

/** Prints the ids of jobs, one in a line. */
export const printJobs = (json: boolean, jobs: ReadonlyArray<RunnerJob.RunnerJob>): Effect.Effect<void> =>
  json
    ? printJson(jobs.map(({ id, type }) => ({ uuid: id, type })))
    : Effect.forEach(jobs, ({ id }) => Console.log(id), { discard: true })

const title = Command.make(
  "title",
  { uuid, title: Args.text({ name: "title" }).pipe(Args.withDescription("Empty: the name of the file counts again")) },
  ({ title, uuid }) =>
    Effect.gen(function* () {
      const { change } = yield* VideoAdmin.VideoAdmin
      const given = yield* Effect.transposeMapOption(
        title === "" ? Option.none<string>() : Option.some(title),
        (text) =>
          Effect.mapError(Schema.decode(DisplayText.DisplayText)(text), ({ message }) => new Refusal({ message }))
      )
      yield* Effect.catchTag(change(yield* videoIdOf(uuid), { title: given }), "UnknownVideo", () => unknownVideo(uuid))
    })
).pipe(Command.withDescription("Changes the title of a video"))

const moveOne = (to: number) => (uuid: string) =>
  Effect.gen(function* () {
    const { change } = yield* VideoAdmin.VideoAdmin
    yield* Effect.catchTag(change(yield* videoIdOf(uuid), { priority: to }), "UnknownVideo", () => unknownVideo(uuid))
  })

const move = Command.make("priority", { uuids, priority }, ({ priority, uuids }) =>
  Effect.flatMap(priorityOf(priority), (to) => forEach(uuids, moveOne(to)))
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

const cancel = Command.make("cancel", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { cancelJobs } = yield* VideoAdmin.VideoAdmin
    const cancelled = cancelJobs(yield* videoIdOf(uuid))
    yield* printJobs(json, yield* Effect.catchTag(cancelled, "UnknownVideo", () => unknownVideo(uuid)))
  })
).pipe(Command.withDescription("Cancels all open jobs of a video, and prints them"))

const retry = Command.make("retry", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { retryJobs } = yield* VideoAdmin.VideoAdmin
    const retried = yield* retryJobs(yield* videoIdOf(uuid)).pipe(
      Effect.catchTags({
        UnknownVideo: () => unknownVideo(uuid),
        ...retryRefusals
      })
    )
    yield* printJobs(json, retried)
  })
).pipe(Command.withDescription("Tries all failed and cancelled jobs of a video again, and prints them"))

const reports = Command.make("reports", { uuid }, ({ uuid }) =>
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

const remove = Command.make("delete", { uuids }, ({ uuids }) => forEach(uuids, removeOne)).pipe(
  Command.withDescription("Cancels the jobs of videos and removes them with their files")
)

/** The commands that change one video or ask for work on it. */
export const videoWork: CommandsOf<VideoNeeds> = [
  title,
  move,
  ensure,
  captions,
  storyboard,
  cancel,
  retry,
  reports,
  remove
]
