import type { PictureCoding } from "./PictureCoding.ts"

/** The names of the H.264 encoders, as FFmpeg spells them. */
export const names = ["libx264", "h264_nvenc", "h264_vaapi", "h264_qsv", "h264_videotoolbox"] as const
export type EncoderName = (typeof names)[number]

/** An H.264 encoder of FFmpeg, and the options that it needs. All of them make 8-bit 4:2:0. */
export interface VideoEncoder {
  readonly name: EncoderName
  /** Options before the first input. They open the device. */
  readonly device: ReadonlyArray<string>
  /** The last filters of every video. They convert to the pixel format of the encoder, and move frames to its memory. */
  readonly filters: ReadonlyArray<string>
  /** The options of one video stream. The names have no dash and no stream. */
  readonly options: (coding: PictureCoding) => Readonly<Record<string, string>>
  /** The further options that limit the frames decoded before the frame that is shown. */
  readonly reordering: (frames: number) => Readonly<Record<string, string>>
}

/** Returns the options as arguments for a stream of the output, such as `v` or `v:1`. */
export const asArguments = (options: Readonly<Record<string, string>>, stream = "v"): ReadonlyArray<string> =>
  Object.entries(options).flatMap(([name, value]) => [`-${name}:${stream}`, value])

/** Returns the arguments that encode one video stream of the output. */
export const encoderArguments = (
  encoder: VideoEncoder,
  coding: PictureCoding,
  stream?: string
): ReadonlyArray<string> => asArguments({ c: encoder.name, ...encoder.options(coding) }, stream)
