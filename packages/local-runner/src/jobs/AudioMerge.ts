import { spanned } from "@runner-connector/core"
import { type FileNames, PictureFilters } from "@runner-connector/ffmpeg"
import { Effect, Option, Schema } from "effect"
import { randomUuid } from "../random.ts"
import * as bitrateLimit from "./bitrateLimit.ts"
import { encode } from "./encode.ts"
import type { PictureCoding } from "./encoder/PictureCoding.ts"
import { encoderArguments, type VideoEncoder } from "./encoder/VideoEncoder.ts"
import { alignedSound, nothingElse, progressiveMp4, type SoundCoding, soundEncoder, soundOf } from "./encoders.ts"
import * as Input from "./Input.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import { measure } from "./measure.ts"
import * as Payload from "./Payload.ts"
import type { SourcePicture } from "./SourceMedia.ts"

const DEFAULT_FPS = 25

const AudioMergePayload = Schema.Struct({
  input: Schema.Struct({ audioFileUrl: Schema.String, previewFileUrl: Schema.String }),
  output: Schema.Struct({
    resolution: Payload.Resolution.pipe(Schema.positive()),
    fps: Payload.FrameRate,
    videoFileCustomUpload: Schema.optional(Payload.CustomUpload)
  })
})

/**
 * Maximum ratio of the long to the short side. Narrower pictures get black bars, because they could not be encoded
 * otherwise.
 */
const MAX_RATIO = 4

/** The two inputs and the properties of the result. */
interface Merge {
  readonly encoder: VideoEncoder
  readonly picture: PictureCoding & Pick<SourcePicture, "stream" | "transfer"> & { readonly resolution: number }
  readonly sound: SoundCoding & { readonly stream: number }
  /** Duration of the audio in seconds. */
  readonly duration: number
}

/**
 * Scales the picture to this short side, with even sides and an unchanged ratio. Only the filter knows the size,
 * because FFmpeg rotates photographs upright when it reads them. The picture is scaled once and then repeated.
 */
const stillFilters = ({ duration, encoder, picture: { fps, resolution, transfer } }: Merge): ReadonlyArray<string> => {
  const long = `${resolution}*min(${MAX_RATIO},max(dar,1/dar))`
  const even = (length: string) => `'2*max(1,round((${length})/2))'`
  const atLeast = (side: string, other: string) => `'max(${side},2*round(${other}/${2 * MAX_RATIO}))'`
  return [
    "trim=end_frame=1",
    `scale=w=${even(`${long}*min(1,dar)`)}:h=${even(`${long}/max(1,dar)`)}`,
    ...PictureFilters.toneMapping(transfer),
    "setsar=1",
    `pad=w=${atLeast("iw", "ih")}:h=${atLeast("ih", "iw")}:x=(ow-iw)/2:y=(oh-ih)/2`,
    "format=yuv420p",
    `tpad=stop_mode=clone:stop=${Math.ceil(duration * fps)}`,
    ...encoder.filters
  ]
}

const mergeArguments = (merge: Merge, names: FileNames): ReadonlyArray<string> => {
  const { encoder, picture, sound } = merge
  return [
    ...encoder.device,
    ...["-r", `${picture.fps}`, "-i", names.input(0), "-i", names.input(1)],
    ...["-map", `0:${picture.stream}`, "-vf", stillFilters(merge).join(",")],
    ...encoderArguments(encoder, picture),
    ...["-map", `1:${sound.stream}`, "-af", alignedSound, ...soundEncoder(sound)],
    ...[...nothingElse, ...progressiveMp4]
  ]
}

const plan = (
  context: JobContext,
  { resolution, fps: requested }: (typeof AudioMergePayload.Type)["output"],
  preview: Input.Input,
  audio: Input.Input
) =>
  Effect.gen(function* () {
    const { stream, transfer } = yield* Effect.mapError(preview.media.picture, () => Input.noStream("video", "preview"))
    const sound = yield* Effect.mapError(audio.media.audio, () => Input.noStream("audio"))
    const fps = requested || DEFAULT_FPS
    const limit = bitrateLimit.forIntermediate({ resolution, ratio: MAX_RATIO, fps })
    return {
      encoder: context.encoder,
      picture: { stream, transfer, resolution, fps, limit, isStill: true },
      sound: { stream: sound.stream, ...soundOf(sound.channels, sound.sampleRate) },
      duration: yield* measure(context, audio, sound.stream)
    }
  })

const run = spanned("AudioMerge.run")(function* (context: JobContext) {
  const { input, output } = yield* Payload.read(AudioMergePayload, context)
  const audio = yield* Input.fetch(context, input.audioFileUrl, "audio")
  const preview = yield* Input.fetch(context, input.previewFileUrl, "preview")
  const merge = yield* plan(context, output, preview, audio)
  const fileName = `${yield* randomUuid}-${output.resolution}.mp4`
  yield* Effect.logInfo("Merging").pipe(Effect.annotateLogs({ resolution: output.resolution }))
  yield* encode(context, {
    inputs: [preview, audio],
    duration: Option.some(merge.duration),
    arguments: (names) => [...mergeArguments(merge, names), names.output(fileName)]
  })
  return yield* madeFiles(context, [
    { field: "videoFile", fileName, contentType: "video/mp4", customUpload: output.videoFileCustomUpload }
  ])
})

/** Makes a video from an audio file and a still picture. */
export const audioMerge: JobType = { name: "vod-audio-merge-transcoding", run }
