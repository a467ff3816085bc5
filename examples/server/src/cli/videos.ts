import { Args, Command } from "@effect/cli"
import { FileNames, Ids, Transcoding, VideoStore } from "@runner-connector/core"
import { Console, DateTime, Effect, Schema } from "effect"
import { Refusal, refusal } from "../Failure.ts"
import { PAGE, printRows } from "./table.ts"

const list = Command.make("list", {}, () =>
  Effect.gen(function* () {
    const videos = yield* VideoStore.VideoStore
    const { data } = yield* videos.list(PAGE)
    const rows = data.map((video) => ({
      uuid: video.id,
      state: video.state,
      renditions: String(video.files.length + video.webVideos.length),
      created: DateTime.formatIso(video.createdAt),
      name: FileNames.displayName(video)
    }))
    yield* printRows(rows, "There is no video.")
  })
).pipe(Command.withDescription("Lists the hundred newest videos"))

const unknown = (uuid: string) => new Refusal({ message: `There is no video ${uuid}.` })

const ensure = Command.make("ensure", { uuid: Args.text({ name: "uuid" }) }, ({ uuid }) =>
  Effect.gen(function* () {
    const { ensureRenditions } = yield* Transcoding.Transcoding
    const id = yield* Effect.mapError(Schema.decodeUnknown(Ids.VideoId)(uuid), () => unknown(uuid))
    const made = yield* ensureRenditions(id).pipe(
      Effect.catchTags({ UnknownVideo: () => unknown(uuid), VideoNotTranscodable: refusal })
    )
    for (const job of made) yield* Console.log(job.id)
  })
).pipe(Command.withDescription("Makes jobs for the renditions that a video lacks, and prints them"))

export const videoCommand = Command.make("video").pipe(
  Command.withDescription("What was handed in"),
  Command.withSubcommands([list, ensure])
)
