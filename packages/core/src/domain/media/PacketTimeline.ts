import { Option } from "effect"
import type { PacketCount, ProbeReport } from "./ProbeReport.ts"
import { type Track, tracksOf } from "./SourceTracks.ts"
import { formatNames, positive, statesRate, taggedDuration } from "./StreamFacts.ts"

/** The value of `-show_entries` with which ffprobe and `-of csv=p=0` print lines that a timeline can read. */
export const PACKET_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time"

/** Adds up the packets of a file, one after the other, in constant memory. */
export interface PacketTimeline {
  /** Reads one line of ffprobe's output. Ignores lines that are no packets. */
  readonly add: (line: string) => void
  /** The result so far, by the index of the stream. */
  readonly counts: () => ReadonlyMap<number, PacketCount>
}

/**
 * Formats whose clock may jump because recordings were joined or cut. A step forward of more than these seconds is a
 * jump and not a pause. The numbers are FFmpeg's.
 */
const jumps: Readonly<Record<string, number>> = { mpegts: 10, mpeg: 10, ogg: Number.POSITIVE_INFINITY }

/** In the same formats every larger step backward, in seconds, is a jump. */
const BACKWARD = 0.1

interface Reading {
  count: number
  start: number
  end: number
  /** The decoding time of the next packet, if no time passes between. */
  next: number
}

const seconds = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text === undefined || text === "" || !Number.isFinite(value) ? undefined : value
}

const isPacket = /^\d+,/

/**
 * A timeline for the packets of a file. Removes jumps of the clock as FFmpeg does when it transcodes: after a jump, all
 * streams continue at the time before it.
 */
export const make = (report: ProbeReport): PacketTimeline => {
  const [forward] = formatNames(report).flatMap((name) => jumps[name] ?? [])
  const readings = new Map<number, Reading>()
  let offset = 0

  /** How far the packet is shifted. A jump shifts all later packets. */
  const shift = (decoded: number, next: number): number => {
    const step = decoded + offset - next
    if (forward !== undefined && (step > forward || step < -BACKWARD)) offset -= step
    return offset
  }

  const add = (line: string): void => {
    if (!isPacket.test(line)) return
    const [stream, ptsText, dtsText, durationText] = line.split(",")
    const index = Number(stream)
    const duration = seconds(durationText) ?? 0
    const dts = seconds(dtsText)
    const pts = seconds(ptsText) ?? dts
    const known = readings.get(index)
    const decoded = dts ?? pts
    const shifted = decoded === undefined ? 0 : shift(decoded, known?.next ?? decoded + offset)
    const start = pts === undefined ? (known?.end ?? 0) : pts + shifted
    const next = decoded === undefined ? start + duration : decoded + shifted + duration
    if (known === undefined) readings.set(index, { count: 1, start, end: start + duration, next })
    else {
      known.count += 1
      known.start = Math.min(known.start, start)
      known.end = Math.max(known.end, start + duration)
      known.next = next
    }
  }

  return {
    add,
    counts: () => new Map([...readings].map(([index, { count, end, start }]) => [index, { count, end, start }]))
  }
}

/**
 * Containers that store the duration of each track. For all others FFmpeg guesses from sizes, or reads the last
 * packets.
 */
const knowing = new Set(["mov", "matroska", "wav", "w64", "flac", "aiff", "caf", "mxf"])

/** With fewer frames a track may be a single picture. */
const FEW_FRAMES = 5

const isDoubtful = (track: Track, report: ProbeReport): boolean => {
  const { duration, fps, kind, stream } = track
  const formats = formatNames(report)
  if (Option.isNone(duration)) return true
  if (formats.includes("mov") && stream.nb_frames === undefined) return true
  if (formats.includes("matroska")) {
    // FFmpeg gives a track the times of the file when it has seen no packet of it, because the track begins late.
    if (Option.isNone(taggedDuration(stream, report)) || Option.isSome(positive(stream.duration))) return true
  }
  if (kind === "audio") return false
  return !statesRate(stream) || Option.exists(fps, (rate) => rate * duration.value < FEW_FRAMES)
}

/**
 * Whether the durations of the tracks are known only from the packets: that of the container is a guess, is missing, or
 * may be that of another track. Also for a video that states no frame rate, or may be a single picture.
 */
export const mustCount = (report: ProbeReport): boolean => {
  const tracks = tracksOf(report).filter(({ kind }) => kind === "video" || kind === "audio")
  if (tracks.length === 0) return false
  return !formatNames(report).some((name) => knowing.has(name)) || tracks.some((track) => isDoubtful(track, report))
}

/** The report with the counted packets of its streams: none for a stream without packets. */
export const withPackets = (report: ProbeReport, counts: ReadonlyMap<number, PacketCount>): ProbeReport => ({
  ...report,
  streams: report.streams.map((stream, position) => {
    const packets = counts.get(stream.index ?? position) ?? { count: 0, start: 0, end: 0 }
    return { ...stream, packets }
  })
})
