import { Effect, Option, Schema } from "effect"
import { randomUuid } from "../random.ts"
import { encode } from "./encode.ts"
import { asArguments, type VideoEncoder } from "./encoder/VideoEncoder.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import * as Payload from "./Payload.ts"
import { renditionArguments } from "./Rendition.ts"
import * as RenditionPlan from "./RenditionPlan.ts"

/** Segment duration in seconds. Segments start at every second key frame. */
const SEGMENT_SECONDS = 4

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
const reordering = (encoder: VideoEncoder, fps: number): ReadonlyArray<string> =>
  asArguments(encoder.reordering(Math.floor(START * fps)))

/**
 * Disables edit lists. FFmpeg would write them for B-frames and for the AAC priming samples. Media Source Extensions
 * ignore edit lists, so the audio would play before the video.
 */
const plainTimes: ReadonlyArray<string> = [
  ...["-avoid_negative_ts", "disabled", "-output_ts_offset", `${START}`],
  ...["-hls_segment_options", "movflags=+frag_discont:use_editlist=0:avoid_negative_ts=disabled"]
]

/** Options for fragmented MP4 in one file, with a playlist of its segments. */
const hlsOutput = (mediaName: string, playlistName: string): ReadonlyArray<string> => [
  ...plainTimes,
  ...["-f", "hls", "-hls_time", `${SEGMENT_SECONDS}`, "-hls_playlist_type", "vod"],
  ...["-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
  ...["-hls_segment_filename", mediaName, playlistName]
]

const run = Effect.fn("HlsTranscoding.run")(function* (context: JobContext) {
  const { input, output } = yield* Payload.read(HlsPayload, context)
  const { duration, inputs, rendition } = yield* RenditionPlan.make(context, input, output)
  const name = `${yield* randomUuid}-${output.resolution}`
  const mediaName = `${name}-fragmented.mp4`
  const playlistName = `${name}.m3u8`
  yield* Effect.logInfo("Transcoding").pipe(Effect.annotateLogs({ resolution: output.resolution }))
  yield* encode(context, {
    inputs,
    duration,
    arguments: (names) => [
      ...renditionArguments(rendition, names),
      ...Option.match(rendition.video, { onNone: () => [], onSome: ({ fps }) => reordering(context.encoder, fps) }),
      ...hlsOutput(names.output(mediaName), names.output(playlistName))
    ]
  })
  return yield* madeFiles(context, [
    {
      ...{ field: "videoFile", fileName: mediaName, contentType: "video/mp4" },
      customUpload: output.videoFileCustomUpload
    },
    {
      ...{ field: "resolutionPlaylistFile", fileName: playlistName, contentType: "application/vnd.apple.mpegurl" },
      customUpload: output.resolutionPlaylistFileCustomUpload
    }
  ])
})

/** Makes one HLS rendition of a video: a fragmented MP4 with its playlist, with video, audio or both. */
export const hlsTranscoding: JobType = { name: "vod-hls-transcoding", run }
