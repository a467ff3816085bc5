import { Args, Command, Options } from "@effect/cli"
import { FileNames, Lives, Tokens, VideoStore } from "@runner-connector/core"
import { Effect, Option } from "effect"
import type { CommandOf } from "../CommandOf.ts"
import { json, listOptions, moment, printChange, printList, printResult } from "../output.ts"
import { Refusal, refusal } from "../Refusal.ts"
import { priorityOf, scheduling, unknownVideo, uuid, videoIdOf } from "./given.ts"
import { videoFilterOf, videoFilters } from "./videoFilters.ts"

const list = Command.make("list", { ...listOptions, ...videoFilters }, (given) =>
  Effect.flatMap(VideoStore.VideoStore, (videos) =>
    printList({
      ...{ options: given, none: "There is no live." },
      list: (page) => videos.list({ ...page, ...videoFilterOf(given), live: true }),
      row: (video) => ({
        uuid: video.id,
        state: Option.match(video.live, { onNone: () => null, onSome: ({ state }) => state }),
        created: moment(video.createdAt),
        name: FileNames.displayName(video),
        error: Option.getOrNull(Option.flatMap(video.live, ({ error }) => error))
      })
    })
  )
).pipe(Command.withDescription("Lists lives, the newest first"))

const streamOf = (url: Option.Option<string>, file: Option.Option<readonly [path: string, text: string]>) => {
  const [stream, other] = [...Option.toArray(url), ...Option.toArray(file).map(([, text]) => text.trim())]
  return stream === undefined || other !== undefined
    ? new Refusal({ message: "Give either the URL of the stream or --url-file." })
    : Effect.succeed(stream)
}

const start = Command.make(
  "start",
  {
    url: Args.text({ name: "url" }).pipe(Args.optional, Args.withDescription("The stream, rtmp: or rtmps:")),
    urlFile: Options.fileText("url-file").pipe(
      Options.optional,
      Options.withDescription(
        "A file with the URL. Other users of this machine can read arguments, and a URL has a key"
      )
    ),
    title: Options.text("title").pipe(Options.optional),
    externalId: Options.text("external-id").pipe(
      Options.optional,
      Options.withDescription("The id of the application. A live that has it already is returned")
    ),
    segmentDuration: Options.integer("segment-duration").pipe(
      Options.optional,
      Options.withDescription("Seconds, from 1 to 30; 4 unless given. Shorter segments reduce latency")
    ),
    replay: Options.boolean("replay").pipe(Options.withDescription("Make a video of the stream when it has ended")),
    noStoryboard: Options.boolean("no-storyboard").pipe(
      Options.withDescription("Make no hover previews of the replay")
    ),
    ...scheduling,
    json
  },
  ({ externalId, json, labels, noStoryboard, priority, replay, segmentDuration, tenant, title, url, urlFile }) =>
    Effect.gen(function* () {
      const rtmpUrl = yield* streamOf(url, urlFile)
      const { startLive } = yield* Lives.Lives
      const destination = `lives/${yield* (yield* Tokens.Identifiers).uuid}`
      const video = yield* startLive({
        ...{ rtmpUrl, destination, replay, storyboard: !noStoryboard },
        title: Option.getOrUndefined(title),
        externalId: Option.getOrUndefined(externalId),
        segmentDuration: Option.getOrUndefined(segmentDuration),
        labels,
        tenant: Option.getOrUndefined(tenant),
        priority: Option.getOrUndefined(yield* Effect.transposeMapOption(priority, priorityOf))
      }).pipe(Effect.catchTags({ InvalidRequest: refusal, UnusableMedia: refusal }))
      yield* printResult(json, { uuid: video.id }, video.id)
    })
).pipe(Command.withDescription("Starts a live from a stream that runs, and prints the id of its video"))

const stop = Command.make("stop", { uuid, json }, ({ json, uuid }) =>
  Effect.gen(function* () {
    const { stopLive } = yield* Lives.Lives
    yield* stopLive(yield* videoIdOf(uuid)).pipe(
      Effect.catchTags({
        UnknownVideo: () => unknownVideo(uuid),
        InvalidRequest: refusal
      })
    )
    yield* printChange(json, { uuid })
  })
).pipe(Command.withDescription("Stops a live. Its runner stops with its next report"))

export const liveCommand: CommandOf<"live", Lives.Lives | VideoStore.VideoStore> = Command.make("live").pipe(
  Command.withDescription("Streams"),
  Command.withSubcommands([list, start, stop])
)
