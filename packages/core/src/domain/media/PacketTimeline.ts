import type { PacketCount, ProbeReport } from "./ProbeReport.ts"
import { formatNames } from "./StreamFacts.ts"

/** What `-show_entries` must ask ffprobe for, with `-of csv=p=0`, so that a timeline can read its lines. */
export const PACKET_ENTRIES = "packet=stream_index,pts_time,dts_time,duration_time"

/** Adds up the packets of a file one after the other. Its size does not grow with their number. */
export interface PacketTimeline {
  /** Reads one line of ffprobe's output; a line that is no packet changes nothing. */
  readonly add: (line: string) => void
  /** What was found so far, by the index of the stream. */
  readonly counts: () => ReadonlyMap<number, PacketCount>
}

/** Formats whose clock may jump, as FFmpeg's `AVFMT_TS_DISCONT` says: recordings that were joined, or cut. */
const jumpingFormats = new Set(["mpegts", "mpeg"])

/** FFmpeg's limits: a larger step, in seconds, is a jump of the clock and no pause. */
const FORWARD = 10
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
 * A timeline for the packets of a file. Takes jumps of the clock out in the way in which FFmpeg does when it transcodes:
 * the file goes on where it was, with all its streams.
 */
export const make = (report: ProbeReport): PacketTimeline => {
  const mayJump = formatNames(report).some((name) => jumpingFormats.has(name))
  const readings = new Map<number, Reading>()
  let offset = 0

  /** How far the packet is shifted; a jump shifts all that follow. */
  const shift = (decoded: number, next: number): number => {
    const step = decoded + offset - next
    if (mayJump && (step > FORWARD || step < -BACKWARD)) offset -= step
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

/** The report with the counted packets of its streams. */
export const withPackets = (report: ProbeReport, counts: ReadonlyMap<number, PacketCount>): ProbeReport => ({
  ...report,
  streams: report.streams.map((stream, position) => {
    const packets = counts.get(stream.index ?? position)
    return packets === undefined ? stream : { ...stream, packets }
  })
})
