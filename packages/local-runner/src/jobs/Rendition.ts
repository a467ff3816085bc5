import { type FileNames, PictureFilters } from "@runner-connector/ffmpeg"
import { Option } from "effect"
import type { PictureCoding } from "./encoder/PictureCoding.ts"
import { encoderArguments, type VideoEncoder } from "./encoder/VideoEncoder.ts"
import { alignedSound, nothingElse, type SoundCoding, soundEncoder } from "./encoders.ts"
import * as Input from "./Input.ts"
import type { PictureSize } from "./PictureSize.ts"
import type { SourcePicture } from "./SourceMedia.ts"

interface OfInput {
  /** The number of an input, starting at 0. */
  readonly input: number
  /** The track stays as it is. False by default. */
  readonly isCopied?: boolean
}

export interface VideoTrack extends OfInput, SourcePicture, PictureSize, PictureCoding {
  /** Seconds for which the last frame is held. */
  readonly padding: number
}

export interface AudioTrack extends OfInput, SoundCoding {
  readonly stream: number
  /** Seconds up to which silence is appended. */
  readonly silenceUntil: Option.Option<number>
}

/** One version of a video: its video, its audio, or both. */
export interface Rendition {
  readonly inputs: ReadonlyArray<Pick<Input.Input, "media">>
  readonly encoder: VideoEncoder
  readonly video: Option.Option<VideoTrack>
  readonly audio: Option.Option<AudioTrack>
}

/**
 * Converts every source to progressive SDR with square pixels, a constant frame rate and 8 bits. Shows the first frame
 * from 0 on if the video starts after the audio.
 */
const videoFilters = (
  { fps, height, isInterlaced, padding, transfer, width }: VideoTrack,
  encoder: VideoEncoder
): ReadonlyArray<string> => [
  ...PictureFilters.deinterlacing(isInterlaced),
  `scale=${width}:${height}`,
  ...PictureFilters.toneMapping(transfer),
  "setsar=1",
  `fps=${fps}:start_time=0`,
  ...(padding > 0 ? [`tpad=stop_mode=clone:stop_duration=${padding}`] : []),
  ...encoder.filters
]

const mapped = ({ input, stream }: { readonly input: number; readonly stream: number }): ReadonlyArray<string> => [
  "-map",
  `${input}:${stream}`
]

const videoArguments = (track: VideoTrack, encoder: VideoEncoder): ReadonlyArray<string> =>
  track.isCopied === true
    ? [...mapped(track), "-c:v", "copy"]
    : [...mapped(track), "-vf", videoFilters(track, encoder).join(","), ...encoderArguments(encoder, track)]

/** Fills gaps, a late start and an early end with silence, so that the audio stays in sync with the video. */
const audioFilters = ({ silenceUntil }: AudioTrack): ReadonlyArray<string> => [
  alignedSound,
  ...Option.match(silenceUntil, { onNone: () => [], onSome: (end) => [`apad=whole_dur=${end}`] })
]

const audioArguments = (track: AudioTrack): ReadonlyArray<string> =>
  track.isCopied === true
    ? [...mapped(track), "-c:a", "copy"]
    : [...mapped(track), "-af", audioFilters(track).join(","), ...soundEncoder(track)]

/**
 * Builds the arguments up to the output. The result contains at most one video and one audio stream of the source, and
 * nothing else.
 */
export const renditionArguments = (
  { audio, encoder, inputs, video }: Rendition,
  names: FileNames
): ReadonlyArray<string> => [
  ...encoder.device,
  ...Input.asArguments(inputs, names),
  ...Option.match(video, { onNone: () => ["-vn"], onSome: (track) => videoArguments(track, encoder) }),
  ...Option.match(audio, { onNone: () => ["-an"], onSome: audioArguments }),
  ...nothingElse
]
