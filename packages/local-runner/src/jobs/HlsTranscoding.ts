import { FileSystem, Path } from "@effect/platform"
import { areShortSegments, HlsPlaylist, Mp4Packets, spanned, UploadedFile } from "@runner-connector/core"
import { type Ffmpeg, type FfmpegError, type FfmpegFailed, HlsOutput } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option, Schema, Stream } from "effect"
import { randomUuid } from "../random.ts"
import { copying } from "./Copying.ts"
import { encode } from "./encode.ts"
import { asArguments } from "./encoder/VideoEncoder.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import * as Payload from "./Payload.ts"
import { type Rendition, renditionArguments } from "./Rendition.ts"
import * as RenditionPlan from "./RenditionPlan.ts"

const HlsPayload = Schema.Struct({
  input: Payload.VideoInput,
  output: Schema.Struct({
    resolution: Payload.Resolution,
    fps: Payload.FrameRate,
    /** Removes the audio from a rendition with video. */
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false }),
    videoFileCustomUpload: Schema.optional(Payload.CustomUpload),
    resolutionPlaylistFileCustomUpload: Schema.optional(Payload.CustomUpload)
  })
})

/**
 * Start time of the presentation in seconds. All files use the same value, because players combine video and audio from
 * different files. B-frames are decoded before they are shown, and decode times cannot be negative, so they need this
 * offset.
 */
const START = 0.125

/** The frames decoded early must fit into the offset. */
const reordering = ({ encoder, video }: Rendition): ReadonlyArray<string> =>
  Option.match(video, {
    onNone: () => [],
    onSome: ({ fps, isCopied }) => (isCopied === true ? [] : asArguments(encoder.reordering(Math.floor(START * fps))))
  })

/** The files of a rendition, in the folder of the job. */
interface Names {
  readonly media: string
  readonly playlist: string
}

type Encoded = Effect.Effect<void, FfmpegFailed | FfmpegError, Ffmpeg>

/** Makes a rendition with these tracks. */
const make = (
  context: JobContext,
  { duration, inputs }: RenditionPlan.RenditionPlan,
  rendition: Rendition,
  { media, playlist }: Names
): Encoded =>
  encode(context, {
    inputs,
    duration,
    arguments: (names) => [
      ...renditionArguments(rendition, names),
      ...reordering(rendition),
      ...HlsOutput.asArguments({ media: names.output(media), playlist: names.output(playlist), start: START })
    ]
  })

/** Seconds by which a track may end after the last segment. More than any rounding to frames. */
const EXCESS = 10

/** The tracks of a made file by its boxes, which are read faster than FFmpeg starts. None if they do not describe a track. */
const tracksOf = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { size } = yield* fs.stat(path)
    const tracks = yield* Mp4Packets.packetsOf({
      size: Number(size),
      read: ({ end, start }) =>
        Stream.mapError(
          fs.stream(path, { offset: start, bytesToRead: end - start + 1 }),
          (cause) => new UploadedFile.UploadError({ cause })
        )
    })
    return Option.flatMap(tracks, (all) => Option.all(all.map(({ packets }) => packets)))
  }).pipe(Effect.catchTag("MalformedMp4", "UploadError", () => Effect.succeedNone))

/**
 * Whether players can use a rendition that was copied. Pictures and sound that the edit list of the source hides are copied,
 * too. They can begin before the time 0, which fragments cannot express.
 */
const isPlayable = ({ directory }: JobContext, { media, playlist }: Names) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const text = yield* fs.readFileString(path.join(directory, playlist))
    const seconds = HlsPlaylist.segmentSeconds(text)
    if (!areShortSegments(seconds)) return false
    const duration = seconds.reduce((sum, one) => sum + one, 0)
    // FFmpeg writes a time before 0 as a negative number, which reads as one of many thousand years.
    return Option.exists(yield* tracksOf(path.join(directory, media)), (tracks) =>
      tracks.every(({ end, start }) => start >= 0 && end <= duration + EXCESS)
    )
  })

/** Copies what fits the request, if the result can be played. Encodes everything otherwise. */
const makeOrCopy = (
  context: JobContext,
  plan: RenditionPlan.RenditionPlan,
  output: typeof HlsPayload.Type.output,
  names: Names
) =>
  Effect.gen(function* () {
    const { inputs, rendition, timeline } = plan
    const [{ media: picture }] = inputs
    const sound = Arr.lastNonEmpty(inputs).media
    const copy = copying(rendition, { ...output, picture, sound, timeline, headroom: START })
    if (Option.isSome(copy)) {
      const copied = make(context, plan, copy.value, names).pipe(Effect.as(true))
      const isCopied = yield* Effect.catchTag(copied, "FfmpegFailed", () => Effect.succeed(false))
      if (isCopied && (yield* isPlayable(context, names))) return
      yield* Effect.logInfo("The source cannot be copied into segments and is encoded")
    }
    yield* make(context, plan, rendition, names)
  })

const run = spanned("HlsTranscoding.run")(function* (context: JobContext) {
  const { input, output } = yield* Payload.read(HlsPayload, context)
  const plan = yield* RenditionPlan.make(context, input, output)
  const name = `${yield* randomUuid}-${output.resolution}`
  const names: Names = { media: `${name}-fragmented.mp4`, playlist: `${name}.m3u8` }
  yield* Effect.logInfo("Transcoding").pipe(Effect.annotateLogs({ resolution: output.resolution }))
  yield* makeOrCopy(context, plan, output, names)
  return yield* madeFiles(context, [
    {
      ...{ field: "videoFile", fileName: names.media, contentType: "video/mp4" },
      customUpload: output.videoFileCustomUpload
    },
    {
      ...{ field: "resolutionPlaylistFile", fileName: names.playlist, contentType: "application/vnd.apple.mpegurl" },
      customUpload: output.resolutionPlaylistFileCustomUpload
    }
  ])
})

/** Makes one HLS rendition of a video: a fragmented MP4 with its playlist, with video, audio or both. */
export const hlsTranscoding: JobType = { name: "vod-hls-transcoding", run }
