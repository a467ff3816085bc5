import type { FileNames } from "@runner-connector/ffmpeg"
import { Option } from "effect"
import {
  inputArguments,
  nothingElse,
  type PictureCoding,
  pictureEncoder,
  type SoundCoding,
  soundEncoder
} from "./encoders.ts"
import type { PictureSize } from "./PictureSize.ts"

/** A stream of an input: both numbers count from 0. */
interface Track {
  readonly input: number
  readonly stream: number
}

export interface VideoTrack extends Track, PictureSize, PictureCoding {
  /** Seconds for which the last picture stays. */
  readonly padding: number
}

export interface AudioTrack extends Track, SoundCoding {}

/** One version of a video: its picture, its sound, or both. */
export interface Rendition {
  readonly inputs: number
  readonly video: Option.Option<VideoTrack>
  readonly audio: Option.Option<AudioTrack>
}

/** Square pixels, a constant frame rate and 8 bits, whatever came in. */
const videoFilters = ({ fps, height, padding, width }: VideoTrack): ReadonlyArray<string> => [
  `scale=${width}:${height}`,
  "setsar=1",
  `fps=${fps}`,
  ...(padding > 0 ? [`tpad=stop_mode=clone:stop_duration=${padding}`] : []),
  "format=yuv420p"
]

const videoArguments = (track: VideoTrack): ReadonlyArray<string> => [
  ...["-map", `${track.input}:${track.stream}`, "-vf", videoFilters(track).join(",")],
  ...pictureEncoder(track)
]

/** Gaps in the sound are filled, so that it stays with the picture. */
const audioArguments = (track: AudioTrack): ReadonlyArray<string> => [
  ...["-map", `${track.input}:${track.stream}`, "-af", "aresample=async=1"],
  ...soundEncoder(track)
]

/** The command line up to the output; nothing of the source but one picture and one sound gets into the result. */
export const renditionArguments = ({ audio, inputs, video }: Rendition, names: FileNames): ReadonlyArray<string> => [
  ...inputArguments(inputs, names),
  ...Option.match(video, { onNone: () => ["-vn"], onSome: videoArguments }),
  ...Option.match(audio, { onNone: () => ["-an"], onSome: audioArguments }),
  ...nothingElse
]
