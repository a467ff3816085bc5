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
  /** Cover art and still pictures are `picture`; subtitles and data are `other`. */
  readonly kind: "video" | "audio" | "picture" | "other"
  /** FFmpeg's name of the codec; none when it does not know the codec. */
  readonly codec: Option.Option<string>
  /** False for unknown codecs, for encrypted tracks, and where the probe has tried to decode the track in vain. */
  readonly isDecodable: boolean
  readonly isDefault: boolean
  /** Seconds on the file's clock, by which `-ss` and `-copyts` count. */
  readonly start: number
  /** Seconds; none when nothing says it. */
  readonly duration: Option.Option<number>
  /** Average frames per second, not rounded; none for audio and when unknown. */
  readonly fps: Option.Option<number>
  /** 0 for everything but audio, and when unknown. */
  readonly channels: number
  /** Samples per second; 0 for everything but audio, and when unknown. */
  readonly sampleRate: number
  /** The transfer function is PQ or HLG: the picture must be tone-mapped for an SDR screen. */
  readonly isHdr: boolean
  /** Unknown counts as progressive. */
  readonly isInterlaced: boolean
  /** What ffprobe prints of it: size, rotation, sample aspect ratio, colour tags. */
  readonly stream: ProbeStream
}

/** The tracks of a media file, and those of them that a video is made from. */
export interface SourceTracks {
  readonly all: ReadonlyArray<Track>
  /** Seconds on the file's own clock at which the file starts. FFmpeg makes it the zero of its results. */
  readonly fileStart: number
  /** The video track that is transcoded; none when there is none that can be decoded. */
  readonly video: Option.Option<Track>
  /** The audio track that is transcoded; none when there is none that can be decoded. */
  readonly audio: Option.Option<Track>
  /** When the chosen picture is shown; none when its duration is unknown. */
  readonly shown: Option.Option<Span>
  /** When the chosen sound is heard; none when its duration is unknown. */
  readonly heard: Option.Option<Span>
  /**
   * Seconds from the start of the earlier chosen track to the end of the later one, as far as their ends are known; the
   * container's duration where nothing was chosen.
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

/** What ffprobe says of one stream, in terms of what is decided by it. */
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

/** A track without a single packet cannot be shown or heard, whatever the header says of it. */
const isUsable = ({ channels, isDecodable, stream }: Track): boolean =>
  isDecodable && channels <= MAX_CHANNELS && stream.packets?.count !== 0

const area = ({ stream: { height = 0, width = 0 } }: Track): number => width * height

/**
 * The one rule by which a track is chosen, and FFmpeg's own as well, so that programs that leave the choice to FFmpeg
 * make the same: decodable tracks of at most eight channels only, those with the default flag first, then those with
 * more channels or pixels, then the first.
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

/** Seconds before the sound of an AAC track that an encoder added. 0 for other tracks. */
export const primingOf = (track: Track): number =>
  isAac(track) && track.sampleRate > 0 ? AAC_PRIMING / track.sampleRate : 0

/** Whether the track is AAC in frames with headers. Such a source is repacked, see `sourceToRepack`. */
export const isFramed = (track: Track, report: ProbeReport): boolean =>
  isAac(track) && formatNames(report).some((name) => framed.has(name))

/** When the sound of a track begins. FFmpeg does not count priming only in MP4, where an edit list hides it. */
const soundStart = (track: Track, report: ProbeReport): number =>
  formatNames(report).some((name) => name === "mp4") ? track.start : track.start + primingOf(track)

const spanOf = ({ duration, start }: Track, origin: number, from = start): Option.Option<Span> =>
  Option.map(duration, (seconds) => ({ start: from - origin, end: start - origin + seconds }))

/** Chooses the tracks of a source and says when they are shown and heard. Never fails, whatever a report lacks. */
export const sourceTracks = (report: ProbeReport): SourceTracks => {
  const all = tracksOf(report)
  const video = choose(all, "video")
  const audio = choose(all, "audio")
  const chosen = Arr.getSomes([video, audio])
  // The zero of the files that runners make: a repacked source begins with its presentation, another one with a packet.
  const zeroOf = (track: Track) => (isFramed(track, report) ? soundStart(track, report) : track.start)
  const origin = Math.min(...chosen.map(zeroOf))
  const shown = Option.flatMap(video, (track) => spanOf(track, origin))
  const heard = Option.flatMap(audio, (track) => spanOf(track, origin, soundStart(track, report)))
  const ends = Arr.getSomes([shown, heard]).map(({ end }) => end)
  const duration = ends.length > 0 ? Option.some(Math.max(...ends)) : positive(report.format.duration)
  return { all, fileStart: fileStart(report), video, audio, shown, heard, duration }
}

const gap = (later: Option.Option<number>, earlier: Option.Option<number>): number =>
  Option.getOrElse(
    Option.zipWith(later, earlier, (a, b) => Math.max(0, a - b)),
    () => 0
  )

const startOfSpan = Option.map(({ start }: Span) => start)
const endOfSpan = Option.map(({ end }: Span) => end)

/** Seconds between the last sound and the last picture: how much silence fills the end. 0 when unknown. */
export const silentEnd = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(endOfSpan(shown), endOfSpan(heard))

/** Seconds between the last picture and the last sound: how long the last picture stays. 0 when unknown. */
export const pictureless = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(endOfSpan(heard), endOfSpan(shown))

/** Seconds by which the sound starts after the picture. 0 when unknown. */
export const silentStart = ({ heard, shown }: Pick<SourceTracks, "heard" | "shown">): number =>
  gap(startOfSpan(heard), startOfSpan(shown))

/** Seconds by which the picture starts after the sound. 0 when unknown. */
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
