import { Args, Command, Options } from "@effect/cli"
import { type Transcoding, TranscodingPlan } from "@runner-connector/core"
import { transcodeUpload, UploadFacts } from "@runner-connector/protocol"
import { Effect, Option, Schema } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, printResult } from "../output.ts"
import { Refusal, refusal, refusedInput } from "../Refusal.ts"
import { scheduling } from "./given.ts"
import { type LocalFileNeeds, storeLocalFile } from "./localFile.ts"

/** What the command needs. */
export type UploadNeeds = LocalFileNeeds | Transcoding.Transcoding

const flag = (name: string, description: string) =>
  Options.choiceWithValue(name, [
    ["yes", "true"],
    ["no", "false"]
  ] as const).pipe(Options.optional, Options.withDescription(description))

/** The text fields of an upload over HTTP. */
const facts = {
  title: Options.text("title").pipe(Options.optional),
  externalId: Options.text("external-id").pipe(
    Options.optional,
    Options.withDescription("The id of the application. A video that has it already is returned")
  ),
  metadata: Options.text("metadata").pipe(Options.optional, Options.withDescription("A JSON object")),
  ...scheduling,
  hls: flag("hls", "Make HLS renditions"),
  webVideos: flag("web-videos", "Make a progressive MP4 file for each rendition"),
  splitAudio: flag("split-audio", "Put the audio into a rendition of its own"),
  audioMerge: flag("audio-merge", "Make a video of an audio file and its picture"),
  keepSource: flag("keep-source", "Keep the source after transcoding"),
  graph: Options.choice("graph", TranscodingPlan.GraphKind.literals).pipe(
    Options.optional,
    Options.withDescription("Whether a film is made in chunks, whole, or by the jobs of PeerTube")
  ),
  chunkDuration: Options.text("chunk-duration").pipe(
    Options.optional,
    Options.withDescription("Seconds of most chunks of a film that is cut")
  ),
  chunkMinDuration: Options.text("chunk-min-duration").pipe(
    Options.optional,
    Options.withDescription("Seconds. Shorter films are not cut")
  )
}

/** Checks the options as the fields of a form. */
const factsOf = ({ labels, ...given }: Command.Command.ParseConfig<typeof facts>) => {
  const present = Object.entries(given).flatMap(([name, value]) => (Option.isSome(value) ? [[name, value.value]] : []))
  return Effect.mapError(
    Schema.decodeUnknown(UploadFacts, { errors: "all" })({ ...Object.fromEntries(present), labels: labels.join(",") }),
    refusedInput
  )
}

/** Adds a file of this machine as a video. */
export const upload: CommandOf<"upload", UploadNeeds> = Command.make(
  "upload",
  {
    file: Args.file({ name: "file", exists: "yes" }),
    picture: Options.file("picture", { exists: "yes" }).pipe(
      Options.optional,
      Options.withDescription("The thumbnail, or the picture of an audio file: JPEG or PNG")
    ),
    ...facts,
    noStoryboard: Options.boolean("no-storyboard").pipe(Options.withDescription("Make no hover previews")),
    json
  },
  ({ file, json, noStoryboard, picture, ...given }) =>
    Effect.gen(function* () {
      const known = yield* factsOf(given)
      const stored = yield* storeLocalFile(file)
      const pictureKey = yield* Effect.transposeMapOption(picture, storeLocalFile)
      const upload = { ...stored, picture: Option.getOrUndefined(Option.map(pictureKey, ({ key }) => key)) }
      const video = yield* transcodeUpload(upload, known, { storyboards: !noStoryboard }).pipe(
        Effect.catchTags({ InvalidRequest: refusal, UnusableMedia: refusal })
      )
      yield* printResult(json, { uuid: video.id }, video.id)
    }).pipe(
      Effect.scoped,
      Effect.catchTag("SystemError", "BadArgument", ({ message }) => new Refusal({ message }))
    )
).pipe(Command.withDescription("Stores a copy of a file, makes its renditions, and prints the id of the video"))
