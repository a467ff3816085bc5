import { Array as Arr, Option, Order } from "effect"
import { AAC_PRIMING } from "./aac.ts"
import type { MediaSummary, Span } from "./MediaSummary.ts"
import type { ProbeReport, ProbeStream } from "./ProbeReport.ts"
import {
  durationOf,
  fileStart,
  formatNames,
  frameRate,
  isMoving,
  isPictureFile,
  positive,
  startOf
} from "./StreamFacts.ts"

export type { Span }

/** One track of a media file. */
export interface Track {
  /** Its number in the file, for `-map 0:<index>`. */
  readonly index: number
  /** Cover art and still pictures are `picture`. Subtitles and data are `other`. */
  readonly kind: "video" | "audio" | "picture" | "other"
  /** FFmpeg's name of the codec. None when it does not know the codec. */
  readonly codec: Option.Option<string>
  /** False for unknown codecs, for encrypted tracks, and where the probe could not decode the track. */
  readonly isDecodable: boolean
  readonly isDefault: boolean
  /** Seconds on the file's clock, by which `-ss` and `-copyts` count. */
  readonly start: number
  /** Seconds. None when nothing says it. */
  readonly duration: Option.Option<number>
  /** Average frames per second, not rounded. None for audio and when unknown. */
  readonly fps: Option.Option<number>
  /** 0 for everything but audio, and when unknown. */
  readonly channels: number
  /** Samples per second. 0 for everything but audio, and when unknown. */
  readonly sampleRate: number
  /** The transfer function is PQ or HLG: the video must be tone-mapped for an SDR screen. */
  readonly isHdr: boolean
  /** Unknown counts as progressive. */
  readonly isInterlaced: boolean
  /** The output of ffprobe about it: size, rotation, sample aspect ratio, colour tags. */
  readonly stream: ProbeStream
}

/** The tracks of a media file, and those of them that a video is made from. */
export interface SourceTracks {
  readonly all: ReadonlyArray<Track>
  /** Seconds on the clock of the file at which the file starts. FFmpeg's results begin there, at 0. */
  readonly fileStart: number
  /** Seconds on the clock of the file that are 0 in `shown` and `heard`, and in the files of runners. */
  readonly origin: number
  /** The video track that is transcoded. None when no video track can be decoded. */
  readonly video: Option.Option<Track>
  /** The audio track that is transcoded. None when no audio track can be decoded. */
  readonly audio: Option.Option<Track>
  /** When the chosen video track is shown. None when its duration is unknown. */
  readonly shown: Option.Option<Span>
  /** When the chosen audio track is heard. None when its duration is unknown. */
  readonly heard: Option.Option<Span>
  /**
   * Seconds from the start of the earlier chosen track to the end of the later one, as far as their ends are known. The
   * duration of the container when no track was chosen.
   */
  readonly duration: Option.Option<number>
}

const hdrTransfers = new Set(["smpte2084", "arib-std-b67"])
const interlacedOrders = new Set(["tt", "bb", "tb", "bt"])

const kindOf = (stream: ProbeStream, report: ProbeReport): Track["kind"] => {
  if (stream.codec_type === "audio") return "audio"
  if (stream.codec_type !== "video") return "other"
  return !isPictureFile(report) && isMoving(stream, report) ? "video" : "picture"
}

/** The facts of ffprobe about one stream that decisions need. */
const trackOf = (stream: ProbeStream, position: number, report: ProbeReport): Track => ({
  index: stream.index ?? position,
  kind: kindOf(stream, report),
  codec: Option.fromNullable(stream.codec_name),
  isDecodable: stream.codec_name !== undefined && stream.undecodable === undefined,
  isDefault: stream.disposition?.default === 1,
  start: startOf(stream, report),
  duration: durationOf(stream, report),
  fps: stream.codec_type === "video" ? frameRate(stream) : Option.none(),
  channels: stream.channels ?? 0,
  sampleRate: stream.sample_rate ?? 0,
  isHdr: hdrTransfers.has(stream.color_transfer ?? ""),
  isInterlaced: interlacedOrders.has(stream.field_order ?? ""),
  stream
})

/** All tracks of a file, in its order. */
export const tracksOf = (report: ProbeReport): ReadonlyArray<Track> =>
  report.streams.map((stream, position) => trackOf(stream, position, report))

/** The AAC encoders take no more, and FFmpeg does not know how to mix more down. */
export const MAX_CHANNELS = 8

/** A track without a single packet cannot be shown or heard, even if the header lists it. */
const isUsable = ({ channels, isDecodable, stream }: Track): boolean =>
  isDecodable && channels <= MAX_CHANNELS && stream.packets?.count !== 0

const area = ({ stream: { height = 0, width = 0 } }: Track): number => width * height

/**
 * The rule by which a track is chosen. It is also FFmpeg's, so that programs which leave the choice to FFmpeg get the
 * same track: only decodable tracks with at most eight channels, those with the default flag first, then those with
 * more channels or pixels, then the first one.
 */
const choose = (tracks: ReadonlyArray<Track>, kind: "video" | "audio"): Option.Option<Track> =>
  Arr.head(
    Arr.sort(
      tracks.filter((track) => track.kind === kind && isUsable(track)),
      Order.combineAll([
        Order.reverse(Order.mapInput(Order.boolean, (track: Track) => track.isDefault)),
        Order.reverse(Order.mapInput(Order.number, kind === "audio" ? (track: Track) => track.channels : area))
      ])
    )
  )

/** Containers in which each AAC frame has a header of its own (ADTS). */
const framed = new Set(["mpegts", "mpeg", "aac", "avi"])

const isAac = ({ codec }: Track): boolean => Option.contains(codec, "aac")

/** Seconds of silence that the encoder added before an AAC track. 0 for other tracks. */
const primingOf = (track: Track): number => (isAac(track) && track.sampleRate > 0 ? AAC_PRIMING / track.sampleRate : 0)

/** Whether the track is AAC in frames with headers. Such a source is repacked, see `sourceToRepack`. */
export const isFramed = (track: Track, report: ProbeReport): boolean =>
  isAac(track) && formatNames(report).some((name) => framed.has(name))

/**
 * Seconds on the clock of the file at which the presentation of a track begins. FFmpeg counts priming except in MP4, where an
 * edit list hides it.
 */
export const presentationStart = (track: Track, report: ProbeReport): number =>
  formatNames(report).some((name) => name === "mp4") ? track.start : track.start + primingOf(track)

const spanOf = ({ duration, start }: Track, origin: number, from = start): Option.Option<Span> =>
  Option.map(duration, (seconds) => ({ start: from - origin, end: start - origin + seconds }))

/** Chooses the tracks of a source and the time of their presentation. Never fails, whatever the report lacks. */
export const sourceTracks = (report: ProbeReport): SourceTracks => {
  const all = tracksOf(report)
  const video = choose(all, "video")
  const audio = choose(all, "audio")
  const chosen = Arr.getSomes([video, audio])
  // The moment of the source that is 0 in the files of runners: a repacked source begins with its presentation, another
  // one with its first packet.
  const zeroOf = (track: Track) => (isFramed(track, report) ? presentationStart(track, report) : track.start)
  const origin = chosen.length > 0 ? Math.min(...chosen.map(zeroOf)) : fileStart(report)
  const shown = Option.flatMap(video, (track) => spanOf(track, origin))
  const heard = Option.flatMap(audio, (track) => spanOf(track, origin, presentationStart(track, report)))
  const ends = Arr.getSomes([shown, heard]).map(({ end }) => end)
  const duration = ends.length > 0 ? Option.some(Math.max(...ends)) : positive(report.format.duration)
  return { all, fileStart: fileStart(report), origin, video, audio, shown, heard, duration }
}

const gap = (later: Option.Option<number>, earlier: Option.Option<number>): number =>
  Option.getOrElse(
    Option.zipWith(later, earlier, (a, b) => Math.max(0, a - b)),
    () => 0
  )

const startOfSpan = Option.map(({ start }: Span) => start)
const endOfSpan = Option.map(({ end }: Span) => end)

/** Seconds between the end of the audio and the end of the video: the silence at the end. 0 when unknown. */
export const silentEnd = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(endOfSpan(shown), endOfSpan(heard))

/** Seconds between the end of the video and the end of the audio: how long the last frame stays. 0 when unknown. */
export const frozenEnd = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(endOfSpan(heard), endOfSpan(shown))

/** Seconds by which the audio starts after the video. 0 when unknown. */
export const silentStart = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(startOfSpan(heard), startOfSpan(shown))

/** Seconds by which the video starts after the audio. 0 when unknown. */
export const lateStart = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(startOfSpan(shown), startOfSpan(heard))

/** The spans as a summary has them. */
export const spansOf = ({
  heard,
  shown
}: Pick<SourceTracks, "heard" | "shown">): Pick<MediaSummary, "heard" | "shown"> => ({
  ...Option.match(shown, { onNone: () => ({}), onSome: (span) => ({ shown: span }) }),
  ...Option.match(heard, { onNone: () => ({}), onSome: (span) => ({ heard: span }) })
})
