import { Args, Command, Options } from "@effect/cli"
import { FileNames, Ids, Removal, Transcoding, Transcription, Video, VideoStore } from "@runner-connector/core"
import { Console, Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { listOptions, moment, printList, type Row } from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"

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
    Options.withDescription("Only videos with this text in their name or their external id")
  )
}

const contains = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())

const list = Command.make("list", { ...listOptions, ...filters }, ({ search, states, ...options }) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) =>
    printList({
      ...{ options, row: rowOf, none: "There is no video." },
      list: (page) => videos.list(page),
      fits: (video) =>
        (states.length === 0 || states.includes(video.state)) &&
        Option.match(search, {
          onNone: () => true,
          onSome: (part) =>
            contains(FileNames.displayName(video), part) ||
            Option.exists(video.externalId, (externalId) => contains(externalId, part))
        })
    })
  )
).pipe(Command.withDescription("Lists videos, the newest first"))

const unknown = (uuid: string) => new Refusal({ message: `There is no video ${uuid}.` })

const uuidArgument = Args.text({ name: "uuid" })

/** The id in an argument. */
export const videoId = (uuid: string): Effect.Effect<Ids.VideoId, Refusal> =>
  Effect.mapError(Schema.decodeUnknown(Ids.VideoId)(uuid), () => unknown(uuid))

const ensure = Command.make("ensure", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const { ensureRenditions } = yield* Transcoding.Transcoding
    const made = yield* ensureRenditions(yield* videoId(uuid)).pipe(
      Effect.catchTags({ UnknownVideo: () => unknown(uuid), VideoNotTranscodable: refusal })
    )
    for (const job of made) yield* Console.log(job.id)
  })
).pipe(Command.withDescription("Makes jobs for the renditions that a video lacks, and prints them"))

const captions = Command.make("captions", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const { transcribeVideo } = yield* Transcription.Transcription
    const job = yield* transcribeVideo({ video: yield* videoId(uuid) }).pipe(
      Effect.catchTags({
        UnknownVideo: () => unknown(uuid),
        InvalidRequest: refusal,
        VideoBusy: refusal,
        VideoNotReady: refusal
      })
    )
    yield* Console.log(job.id)
  })
).pipe(Command.withDescription("Makes a job for the captions of a video, and prints it"))

const remove = Command.make("delete", { uuid: uuidArgument }, ({ uuid }) =>
  Effect.gen(function* () {
    const { removeVideo } = yield* Removal.Removal
    yield* Effect.catchTag(removeVideo(yield* videoId(uuid)), "UnknownVideo", () => unknown(uuid))
  })
).pipe(Command.withDescription("Cancels the jobs of a video and removes it with its files"))

export const videoCommand: CommandOf<
  "video",
  VideoStore.VideoStore | Transcoding.Transcoding | Transcription.Transcription | Removal.Removal
> = Command.make("video").pipe(
  Command.withDescription("What was handed in"),
  Command.withSubcommands([list, ensure, captions, remove])
)
