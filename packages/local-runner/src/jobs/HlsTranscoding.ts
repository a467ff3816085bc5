import { Effect, Schema } from "effect"
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

/** Fragmented MP4 in one file, with the playlist that cuts it into segments. */
const hlsOutput = (mediaName: string, playlistName: string): ReadonlyArray<string> => [
  ...["-f", "hls", "-hls_time", `${SEGMENT_SECONDS}`, "-hls_playlist_type", "vod"],
  ...["-hls_segment_type", "fmp4", "-hls_flags", "single_file"],
  ...["-hls_segment_filename", mediaName, playlistName]
]

const run = Effect.fn("HlsTranscoding.run")(function* (context: JobContext) {
  const { input, output } = yield* Payload.read(HlsPayload, context)
  const { inputs, rendition } = yield* RenditionPlan.make(context, input, output)
  const name = `${yield* randomUuid}-${output.resolution}`
  const mediaName = `${name}-fragmented.mp4`
  const playlistName = `${name}.m3u8`
  yield* Effect.logInfo("Transcoding").pipe(Effect.annotateLogs({ resolution: output.resolution }))
  yield* encode(context, {
    inputs,
    duration: inputs[0].media.duration,
    arguments: (names) => [
      ...renditionArguments(rendition, names),
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
