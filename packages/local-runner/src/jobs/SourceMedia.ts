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

/** A stream with a picture, moving or still, and what makes it fit for an ordinary screen. */
export interface SourcePicture {
  /** Its number in the file. */
  readonly stream: number
  /** None for SDR. */
  readonly transfer: PictureFilters.HdrTransfer | undefined
  readonly isInterlaced: boolean
}

/** The moving picture of a file as it is meant to be seen: after rotation, in square pixels. */
export interface SourceVideo extends SourcePicture {
  /** Width by height. */
  readonly ratio: number
  /** Short side in square pixels. */
  readonly resolution: number
  /** Whole frames a second; 0 when unknown. */
  readonly fps: number
}

interface SourceAudio {
  readonly stream: number
  readonly channels: number
  /** Samples a second; 0 when unknown. */
  readonly sampleRate: number
}

/** What an encoder needs to know of a file. */
export interface SourceMedia {
  readonly video: Option.Option<SourceVideo>
  /** The first stream with a picture, moving or still. */
  readonly picture: Option.Option<SourcePicture>
  readonly audio: Option.Option<SourceAudio>
  /** All tracks, and when the chosen ones are shown and heard. */
  readonly tracks: SourceTracks.SourceTracks
  /** Seconds by which FFmpeg's clock, which starts with the file, is ahead of the chosen tracks: 0 or more. */
  readonly lead: number
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
    bitrate: positive(report.format.bit_rate)
  }
}

type Probing = Effect.Effect<SourceMedia, JobFailed | FfmpegFailed | FfmpegError, Ffmpeg>

/** Reads the tracks of a file on disk. */
export const probe = (path: string): Probing => look({ path })

/** Reads the tracks of a live, which plays meanwhile. */
export const probeLive = (live: URL): Probing => look({ live })

/** Seconds are enough for a look at a file or a live. Packets are counted at the speed of the disk. */
const LOOK_TIMEOUT = "5 minutes"

/** The report with the packets of its streams counted, where the container may be guessing how long they last. */
const countPackets = (input: FfprobeCommand["input"], report: ProbeReport.ProbeReport) =>
  Effect.gen(function* () {
    if ("live" in input || !PacketTimeline.mustCount(report)) return report
    const { ffprobeLines } = yield* Ffmpeg
    const timeline = PacketTimeline.make(report)
    const entries = ["-show_entries", PacketTimeline.PACKET_ENTRIES]
    yield* ffprobeLines({ input, arguments: entries, timeout: LOOK_TIMEOUT }, timeline.add)
    return PacketTimeline.withPackets(report, timeline.counts())
  })

const look = (input: FfprobeCommand["input"]): Probing =>
  Effect.gen(function* () {
    const { ffprobe } = yield* Ffmpeg
    const json = yield* ffprobe({ input, arguments: ["-show_format", "-show_streams"], timeout: LOOK_TIMEOUT })
    const report = yield* Schema.decodeUnknown(ProbeReport.ProbeReport)(json)
    return fromReport(yield* countPackets(input, report))
  }).pipe(
    Effect.catchTag("ParseError", () => Effect.fail(new JobFailed({ message: "ffprobe's report is not readable" })))
  )
