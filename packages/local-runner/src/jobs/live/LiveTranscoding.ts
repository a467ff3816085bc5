import { FileSystem, Path } from "@effect/platform"
import { spanned } from "@runner-connector/core"
import { Ffmpeg } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Mailbox, Schedule, Stream } from "effect"
import type { VideoEncoder } from "../encoder/VideoEncoder.ts"
import type { JobContext, JobResult, JobType } from "../JobType.ts"
import * as Payload from "../Payload.ts"
import * as SourceMedia from "../SourceMedia.ts"
import { liveArguments } from "./LiveCommand.ts"
import * as LiveFolder from "./LiveFolder.ts"
import { addressOf, LivePayload, type LivePlan, planOf, variantsOf } from "./LivePlan.ts"
import * as LiveUpdates from "./LiveUpdates.ts"
import * as Silence from "./Silence.ts"

/** Interval between scans of the folder: a small part of the shortest segment. */
const LOOK_INTERVAL = "100 millis"

/** All files are sent while the live stream runs, so the final result is empty. */
const nothing: JobResult = { fields: {}, files: [] }

type Queues = ReadonlyArray<Mailbox.Mailbox<LiveFolder.Change>>

/** Plays and encodes until the live stream ends, and queues the changes. */
const produce = (live: URL, plan: LivePlan, encoder: VideoEncoder, directory: string, queues: Queues) =>
  Effect.gen(function* () {
    const { ffmpeg } = yield* Ffmpeg
    const folder = yield* LiveFolder.make(directory, queues.length)
    // Each change is returned once, so it must reach the queues even if ffmpeg ends during the scan.
    const queue = (changes: LiveFolder.LiveFolder["changes"]) =>
      Effect.uninterruptible(
        Effect.flatMap(changes, (found) =>
          Effect.forEach(Arr.zip(queues, found), ([queue, news]) => queue.offerAll(news), { discard: true })
        )
      )
    const looking = Effect.repeat(queue(folder.changes), Schedule.spaced(LOOK_INTERVAL))
    const playing = ffmpeg({
      inputs: [{ live }],
      outputDirectory: directory,
      arguments: (names) => liveArguments(plan, encoder, names)
    })
    yield* Effect.raceFirst(playing, Effect.zipRight(looking, Effect.never))
    yield* queue(folder.lastChanges)
    yield* Effect.forEach(queues, ({ end }) => end, { discard: true })
  })

/** Sends the changes of each variant in order. Variants are sent in parallel. */
const consume = (context: JobContext, directory: string, queues: Queues, silence: Silence.Silence) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const pathOf = (name: string) => path.join(directory, name)
    const send = (change: LiveFolder.Change, variant: number) =>
      Effect.zipRight(
        LiveUpdates.send(context, change, variant, pathOf),
        change.type === "add-chunk" ? silence.broken : Effect.void
      )
    yield* Effect.forEach(
      queues,
      (queue, variant) => Stream.runForEach(Mailbox.toStream(queue), (change) => send(change, variant)),
      { concurrency: "unbounded", discard: true }
    )
  })

const transcode = (context: JobContext, live: URL, payload: LivePayload, silence: Silence.Silence) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const plan = yield* planOf(yield* SourceMedia.probeLive(live), payload)
    const directory = path.join(context.directory, "live")
    yield* fs.makeDirectory(directory, { mode: 0o700 })
    const queues = yield* Effect.replicateEffect(Mailbox.make<LiveFolder.Change>(), variantsOf(plan))
    yield* Effect.logInfo("Transcoding a live stream").pipe(Effect.annotateLogs({ variants: queues.length }))
    yield* Effect.all(
      [produce(live, plan, context.encoder, directory, queues), consume(context, directory, queues, silence)],
      {
        concurrency: "unbounded",
        discard: true
      }
    )
  })

const run = spanned("LiveTranscoding.run")(function* (context: JobContext) {
  const payload = yield* Payload.read(LivePayload, context)
  const live = yield* addressOf(payload)
  const silence = yield* Silence.make
  yield* Effect.raceFirst(
    transcode(context, live, payload, silence),
    silence.watch(LiveUpdates.signOfLife(context))
  ).pipe(Effect.catchTag("LiveOver", () => Effect.logInfo("The server has ended the live stream")))
  return nothing
})

/**
 * Transcodes a live stream to HLS in several sizes and sends it segment by segment, until the stream ends or the server
 * ends it. Requires native FFmpeg, because WebAssembly has no sockets.
 */
export const liveTranscoding: JobType = {
  name: "live-rtmp-hls-transcoding",
  engines: ["native"],
  updatesItself: true,
  run
}
