import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import type { CutScan } from "@runner-connector/core"

/** A packet as FFmpeg's `framecrc` muxer prints it. Times are units of the time base. */
export interface Packet extends Omit<CutScan.CodedPicture, "isIndependent"> {
  readonly isKey: boolean
}

/** AV_PKT_FLAG_KEY and AV_PKT_FLAG_DISCARD. */
const KEY = 0x1
const DISCARD = 0x4

/** `stream, dts, pts, duration, size, checksum`, and the flags unless only that of a keyframe is set. */
const packetLine = /^0, *(-?\d+), *(-?\d+), *(-?\d+), *\d+, *0x[0-9a-f]+(?:, *F=0x([0-9A-F]+))?/

const timeBaseLine = /^#tb 0: (\d+)\/(\d+)/

/** AV_NOPTS_VALUE. */
const NONE = "-9223372036854775808"

const time = (text: string | undefined): number | undefined =>
  text === undefined || text === NONE ? undefined : Number(text)

/** The packet in a line. Undefined for a comment. */
export const parsePacket = (line: string): Packet | undefined => {
  const match = packetLine.exec(line)
  if (match === null) return undefined
  const [, dts, pts, duration, hex] = match
  const flags = hex === undefined ? KEY : Number.parseInt(hex, 16)
  return {
    ...{ dts: time(dts), pts: time(pts), duration: time(duration) ?? 0 },
    isKey: (flags & KEY) !== 0,
    isHidden: (flags & DISCARD) !== 0
  }
}

/** Units a second, if the line has the time base. */
export const parseTimeBase = (line: string): number | undefined => {
  const [, units, second] = timeBaseLine.exec(line) ?? []
  return units === undefined ? undefined : Number(second) / Number(units)
}

/** The lines of a text file, one after another. */
export const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })
