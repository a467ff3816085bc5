import { Effect, Option, Schema } from "effect"
import { randomUuid } from "../random.ts"
import { encode } from "./encode.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import * as Payload from "./Payload.ts"
import { renditionArguments } from "./Rendition.ts"
import * as RenditionPlan from "./RenditionPlan.ts"

/** Length of a segment in seconds: segments begin at every second key frame. */
const SEGMENT_SECONDS = 4

const HlsPayload = Schema.Struct({
  input: Payload.VideoInput,
  output: Schema.Struct({
    resolution: Payload.Resolution,
    fps: Payload.FrameRate,
    /** A rendition with a picture gets no sound. */
    separatedAudio: Schema.optionalWith(Schema.Boolean, { default: () => false }),
    videoFileCustomUpload: Schema.optional(Payload.CustomUpload),
    resolutionPlaylistFileCustomUpload: Schema.optional(Payload.CustomUpload)
  })
})

/**
 * Seconds at which the presentation begins in every file, the same in all, since players combine a picture and a sound
 * of different files. Frames are decoded before they are shown, and decode times cannot be negative: this is the room.
 */
const START = 0.125

/** Frames that are decoded ahead of their turn must fit into that room: two by default, one without pyramids of B-frames. */
const reordering = (fps: number): ReadonlyArray<string> => {
  const frames = Math.floor(START * fps)
  if (frames >= 2) return []
  return frames === 1 ? ["-b-pyramid", "none"] : ["-bf", "0"]
}

/**
 * Times as they are, without edit lists. FFmpeg would write them for B-frames and for the samples that AAC puts before a
 * sound. Media Source Extensions ignore edit lists, and sound would be ahead of the picture.
 */
const plainTimes: ReadonlyArray<string> = [
  ...["-avoid_negative_ts", "disabled", "-output_ts_offset", `${START}`],
  ...["-hls_segment_options", "movflags=+frag_discont:use_editlist=0:avoid_negative_ts=disabled"]
]

/** Fragmented MP4 in one file, with the playlist that cuts it into segments. */
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
      ...Option.match(rendition.video, { onNone: () => [], onSome: ({ fps }) => reordering(fps) }),
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

/** Makes one HLS rendition of a video: a fragmented MP4 and its playlist, or only the sound of it. */
export const hlsTranscoding: JobType = { name: "vod-hls-transcoding", run }
