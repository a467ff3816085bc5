import { MediaFacts, PacketTimeline, ProbeReport, SourceTracks } from "@runner-connector/core"
import {
  Ffmpeg,
  type FfmpegError,
  type FfmpegFailed,
  type FfprobeCommand,
  PictureFilters
} from "@runner-connector/ffmpeg"
import { Array as Arr, Effect, Option, Schema } from "effect"
import { JobFailed } from "./JobType.ts"

/** A video or picture stream, and its properties that need conversion. */
export interface SourcePicture {
  /** The stream number in the file. */
  readonly stream: number
  /** None for SDR. */
  readonly transfer: PictureFilters.HdrTransfer | undefined
  readonly isInterlaced: boolean
}

/** The video stream of a file as players display it: rotated, with square pixels. */
export interface SourceVideo extends SourcePicture {
  /** Ratio of width to height. */
  readonly ratio: number
  /** Short side in square pixels. */
  readonly resolution: number
  /** Frames per second, rounded to an integer. 0 when unknown. */
  readonly fps: number
}

interface SourceAudio {
  readonly stream: number
  readonly channels: number
  /** Samples per second. 0 when unknown. */
  readonly sampleRate: number
}

/** The properties of a file that an encoder needs. */
export interface SourceMedia {
  readonly video: Option.Option<SourceVideo>
  /** The first stream with a picture, moving or still. */
  readonly picture: Option.Option<SourcePicture>
  readonly audio: Option.Option<SourceAudio>
  /** All tracks, and the time spans of the selected ones. */
  readonly tracks: SourceTracks.SourceTracks
  /**
   * Seconds from the start of the file, where FFmpeg's clock begins, to the start of the selected tracks. At least 0.
   */
  readonly lead: number
  /** Duration in seconds. */
  readonly duration: Option.Option<number>
  /** Total bits per second of the file. */
  readonly bitrate: Option.Option<number>
  /** An MP4 or QuickTime file. */
  readonly isMp4: boolean
}

/** Ratio of width to height of one pixel. 1 when the file does not specify it. */
const pixelRatio = (text: string | undefined): number => {
  const [width = 0, height = 0] = (text ?? "").split(":").map(Number)
  return width > 0 && height > 0 ? width / height : 1
}

/** A number in the report of ffprobe. Absent unless it is positive. */
const positive = (text: string | undefined): Option.Option<number> =>
  Option.filter(Option.some(Number(text)), (value) => value > 0)

const isPicture = ({ codec_type: type, height = 0, width = 0 }: ProbeReport.ProbeStream): boolean =>
  type === "video" && width > 0 && height > 0

const pictureOf = ({ index, isInterlaced, stream }: SourceTracks.Track): SourcePicture => ({
  stream: index,
  transfer: PictureFilters.hdrTransfer(stream.color_transfer),
  isInterlaced
})

const videoOf = (
  track: SourceTracks.Track,
  { fps, height, width }: ReturnType<typeof MediaFacts.summarize>
): SourceVideo => {
  const pixel = pixelRatio(track.stream.sample_aspect_ratio)
  const isTurned = width !== track.stream.width
  const ratio = (width / height) * (isTurned ? 1 / pixel : pixel)
  const resolution = Math.max(1, Math.round(Math.min(height, height * ratio)))
  return { ...pictureOf(track), ratio, resolution, fps }
}

const leadOf = ({ audio, video }: SourceTracks.SourceTracks, report: ProbeReport.ProbeReport): number => {
  const fileStart = Number(report.format.start_time ?? Number.NaN)
  const starts = Arr.getSomes([video, audio]).map(({ start }) => start)
  return starts.length > 0 && Number.isFinite(fileStart) ? Math.max(0, Math.min(...starts) - fileStart) : 0
}

const fromReport = (report: ProbeReport.ProbeReport): SourceMedia => {
  const summary = MediaFacts.summarize(report)
  const tracks = SourceTracks.sourceTracks(report)
  return {
    tracks,
    video: Option.map(tracks.video, (track) => videoOf(track, summary)),
    picture: Option.map(
      Arr.findFirst(tracks.all, ({ stream }) => isPicture(stream)),
      pictureOf
    ),
    audio: Option.map(tracks.audio, ({ channels, index, sampleRate }) => ({
      ...{ stream: index, channels: channels || 2 },
      sampleRate
    })),
    lead: leadOf(tracks, report),
    duration: summary.duration,
    bitrate: positive(report.format.bit_rate),
    isMp4: (report.format.format_name ?? "").split(",").includes("mp4")
  }
}

type Probing = Effect.Effect<SourceMedia, JobFailed | FfmpegFailed | FfmpegError, Ffmpeg>

/** Reads the tracks of a local file. */
export const probe = (path: string): Probing => look({ path })

/** Reads the tracks of a live stream while it plays. */
export const probeLive = (live: URL): Probing => look({ live })

/** Probing takes seconds, and counting packets runs at disk speed. */
const LOOK_TIMEOUT = "5 minutes"

/** Returns the report with counted packets if the container may contain estimated durations. */
const countPackets = (input: FfprobeCommand["input"], report: ProbeReport.ProbeReport) =>
  Effect.gen(function* () {
    if ("live" in input || !PacketTimeline.mustCount(report)) return report
    const { ffprobeLines } = yield* Ffmpeg
    const timeline = PacketTimeline.make(report)
    const entries = ["-show_entries", PacketTimeline.PACKET_ENTRIES]
    yield* ffprobeLines({ input, arguments: entries, timeout: LOOK_TIMEOUT }, timeline.add)
    return PacketTimeline.withPackets(report, timeline.counts())
  })

const reportOf = (input: FfprobeCommand["input"]) =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({ input, arguments: ["-show_format", "-show_streams"], timeout: LOOK_TIMEOUT })
    return yield* Schema.decodeUnknown(ProbeReport.ProbeReport)(json)
  }).pipe(
    Effect.catchTag("ParseError", () => Effect.fail(new JobFailed({ message: "The report of ffprobe cannot be read" })))
  )

const look = (input: FfprobeCommand["input"]): Probing =>
  reportOf(input).pipe(
    Effect.flatMap((report) => countPackets(input, report)),
    Effect.map(fromReport)
  )
