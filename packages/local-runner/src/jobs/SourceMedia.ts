import { MediaFacts, ProbeReport, SourceTracks } from "@runner-connector/core"
import { Ffmpeg, type FfmpegError, type FfmpegFailed, type FfprobeCommand } from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option, Schema } from "effect"
import { JobFailed } from "./JobType.ts"

/** The picture of a file as it is meant to be seen: after rotation, in square pixels. */
export interface SourceVideo {
  /** Its number in the file. */
  readonly stream: number
  /** Width by height. */
  readonly ratio: number
  /** Short side in square pixels. */
  readonly resolution: number
  /** Whole frames a second; 0 when unknown. */
  readonly fps: number
  /** Seconds. */
  readonly duration: Option.Option<number>
}

interface SourceAudio {
  readonly stream: number
  readonly channels: number
  /** Samples a second; 0 when unknown. */
  readonly sampleRate: number
  /** Seconds. */
  readonly duration: Option.Option<number>
}

/** What an encoder needs to know of a file. */
export interface SourceMedia {
  readonly video: Option.Option<SourceVideo>
  /** The number of the first stream with a picture, moving or still. */
  readonly picture: Option.Option<number>
  readonly audio: Option.Option<SourceAudio>
  /** Seconds. */
  readonly duration: Option.Option<number>
  /** Bits a second, everything in the file together. */
  readonly bitrate: Option.Option<number>
}

/** Width by height of one pixel; 1 when the file does not say. */
const pixelRatio = (text: string | undefined): number => {
  const [width = 0, height = 0] = (text ?? "").split(":").map(Number)
  return width > 0 && height > 0 ? width / height : 1
}

/** What ffprobe says of a number: nothing, when it is not positive. */
const positive = (text: string | undefined): Option.Option<number> =>
  Option.filter(Option.some(Number(text)), (value) => value > 0)

const isPicture = ({ codec_type: type, height = 0, width = 0 }: ProbeReport.ProbeStream): boolean =>
  type === "video" && width > 0 && height > 0

const fromReport = (report: ProbeReport.ProbeReport): SourceMedia => {
  const { duration, fps, height, width } = MediaFacts.summarize(report)
  const { all, audio, video } = SourceTracks.sourceTracks(report)
  return {
    video: Option.map(video, (track) => {
      const pixel = pixelRatio(track.stream.sample_aspect_ratio)
      const isTurned = width !== track.stream.width
      const ratio = (width / height) * (isTurned ? 1 / pixel : pixel)
      const resolution = Math.max(1, Math.round(Math.min(height, height * ratio)))
      return { stream: track.index, ratio, resolution, fps, duration: track.duration }
    }),
    picture: Option.map(
      Arr.findFirst(all, ({ stream }) => isPicture(stream)),
      ({ index }) => index
    ),
    audio: Option.map(audio, ({ channels, duration, index, sampleRate }) => {
      return { stream: index, channels: channels || 2, sampleRate, duration }
    }),
    duration,
    bitrate: positive(report.format.bit_rate)
  }
}

type Probing = Effect.Effect<SourceMedia, JobFailed | FfmpegFailed | FfmpegError, Ffmpeg>

/** Looks at a file on disk. */
export const probe = (path: string): Probing => look({ path })

/** Looks at a live, which plays meanwhile. */
export const probeLive = (live: URL): Probing => look({ live })

const look = (input: FfprobeCommand["input"]): Probing =>
  Effect.gen(function* () {
    const ffmpeg = yield* Ffmpeg
    const json = yield* ffmpeg.ffprobe({ input, arguments: ["-show_format", "-show_streams"] })
    return fromReport(yield* Schema.decodeUnknown(ProbeReport.ProbeReport)(json))
  }).pipe(
    Effect.catchTag("ParseError", () => Effect.fail(new JobFailed({ message: "ffprobe's report is not readable" })))
  )

/** Seconds. What is longer than that is more likely a wrong number in the file than a sound. */
const MAX_PADDING = 600
const MIN_PADDING = 0.5

/**
 * How long the last picture must stay for the sound to be heard to its end; small differences are left alone. FFmpeg
 * takes the length of an HLS segment from the picture alone, and some players end with it.
 */
export const paddingOf = (picture: SourceMedia, sound: SourceMedia): number =>
  Option.zipWith(
    Option.flatMap(sound.audio, ({ duration }) => duration),
    Option.flatMap(picture.video, ({ duration }) => duration),
    (heard, shown) => heard - shown
  ).pipe(
    Option.filter((difference) => difference > MIN_PADDING && difference < MAX_PADDING),
    Option.getOrElse(() => 0)
  )
