import { spanned } from "@runner-connector/core"
import type { FileNames } from "@runner-connector/ffmpeg"
import { Effect, Option } from "effect"
import { randomUuid } from "../random.ts"
import * as bitrateLimit from "./bitrateLimit.ts"
import type { Clip, Frame } from "./Clip.ts"
import { encode } from "./encode.ts"
import type { PictureCoding } from "./encoder/PictureCoding.ts"
import { encoderArguments, type VideoEncoder } from "./encoder/VideoEncoder.ts"
import { nothingElse, progressiveMp4, soundEncoder, soundOf } from "./encoders.ts"
import * as Input from "./Input.ts"
import type { JobContext, JobType } from "./JobType.ts"
import { madeFiles } from "./madeFiles.ts"
import { sizeOf } from "./PictureSize.ts"
import { DEFAULT_FPS } from "./RenditionPlan.ts"
import { editAll } from "./StudioEdit.ts"
import * as StudioInputs from "./StudioInputs.ts"
import * as StudioPayload from "./StudioPayload.ts"

/** The renditions are made from the result, so it has a higher quality than they have. */
const CRF = 18

const frameOf = ({ files, video }: StudioInputs.StudioInputs): Frame => ({
  ...sizeOf(video.resolution, video.ratio),
  fps: video.fps || DEFAULT_FPS,
  sound: Option.map(Option.firstSomeOf(files.map(({ media }) => media.audio)), ({ channels, sampleRate }) =>
    soundOf(channels, sampleRate)
  )
})

const lastFilters = ({ fps }: Frame, { filters }: VideoEncoder): string =>
  [`fps=${fps}:start_time=0`, ...filters].join(",")

const studioArguments = (
  { chains, sound, video }: Clip,
  frame: Frame,
  { encoder, picture }: { readonly encoder: VideoEncoder; readonly picture: PictureCoding },
  inputs: StudioInputs.StudioInputs["files"],
  names: FileNames
): ReadonlyArray<string> => [
  ...encoder.device,
  ...Input.asArguments(inputs, names),
  // Fills a gap in the video after a clip whose audio was longer.
  ...["-filter_complex", [...chains, `[${video}]${lastFilters(frame, encoder)}[picture]`].join(";")],
  ...["-map", "[picture]", ...encoderArguments(encoder, picture)],
  ...Option.match(
    Option.zipWith(sound, frame.sound, (link, coding) => ["-map", `[${link}]`, ...soundEncoder(coding)]),
    {
      onNone: () => ["-an"],
      onSome: (sounding) => sounding
    }
  ),
  ...[...nothingElse, ...progressiveMp4]
]

const run = spanned("StudioTranscoding.run")(function* (context: JobContext) {
  const payload = yield* StudioPayload.read(context)
  const inputs = yield* StudioInputs.fetch(context, payload)
  const frame = frameOf(inputs)
  const clip = yield* editAll(inputs.main, inputs.edits, frame)
  const { ratio, resolution } = inputs.video
  const limit = bitrateLimit.forIntermediate({ resolution, ratio, fps: frame.fps })
  const coding = { encoder: context.encoder, picture: { fps: frame.fps, limit, crf: CRF } }
  const fileName = `${yield* randomUuid}-edited.mp4`
  yield* Effect.logInfo("Editing").pipe(Effect.annotateLogs({ tasks: payload.tasks.length }))
  yield* encode(context, {
    inputs: inputs.files,
    duration: Option.some(clip.duration),
    arguments: (names) => [...studioArguments(clip, frame, coding, inputs.files, names), names.output(fileName)]
  })
  const customUpload = payload.output.videoFileCustomUpload
  return yield* madeFiles(context, [{ field: "videoFile", fileName, contentType: "video/mp4", customUpload }])
})

/** Edits a video: cuts it, adds intros and outros, and draws watermarks. */
export const studioTranscoding: JobType = { name: "video-studio-transcoding", run }
