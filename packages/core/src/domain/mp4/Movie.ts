import { type Either, Option } from "effect"
import * as Box from "./Box.ts"

/** One entry of an edit list. */
export interface Edit {
  /** In units of the movie's timescale. 0 means up to the end in a fragmented file. */
  readonly duration: number
  /** Its start in the media, in units of the track's timescale. -1 for an empty edit. */
  readonly mediaTime: number
}

/** A track as the header of the file (`moov`) describes it. */
export interface Track {
  readonly id: number
  readonly kind: "video" | "audio" | "other"
  /** Four characters of the sample entry, such as `avc1` or `mp4a`. */
  readonly codec: string
  /** Units a second. */
  readonly timescale: number
  /** Empty if the track has no edit list. */
  readonly edits: ReadonlyArray<Edit>
  /** The position of the four characters `edts` in the header box. */
  readonly editsTypeAt: Option.Option<number>
  /** Duration of a sample whose fragment gives none. */
  readonly sampleDuration: number
}

/** The header of an MP4 file. */
export interface Movie {
  /** Units a second of the edit durations. */
  readonly timescale: number
  readonly tracks: ReadonlyArray<Track>
}

const kinds: Readonly<Record<string, Track["kind"]>> = { vide: "video", soun: "audio" }

/** `mvhd` and `mdhd` have two times before the timescale. */
const timescaleOf = (view: DataView, box: Box.Box): number => {
  const timescale = view.getUint32(box.body + (Box.versionAt(view, box) === 1 ? 20 : 12))
  if (timescale === 0) throw new RangeError("The timescale is 0")
  return timescale
}

/** Longer lists belong to no video. */
const MAX_EDITS = 10_000

const editsOf = (view: DataView, edts: Box.Box): ReadonlyArray<Edit> => {
  const list = Box.need(view, edts, ["elst"])
  const isWide = Box.versionAt(view, list) === 1
  const count = view.getUint32(list.body + 4)
  const size = isWide ? 20 : 12
  if (count > MAX_EDITS) throw new RangeError("The edit list is too long")
  if (list.body + 8 + count * size > list.end) throw new RangeError("The edit list is cut off")
  return Array.from({ length: count }, (_, index): Edit => {
    const at = list.body + 8 + index * size
    return {
      duration: Box.unsignedAt(view, at, isWide),
      mediaTime: isWide ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4)
    }
  })
}

/** Default sample durations of all tracks, by track. */
const sampleDurations = (view: DataView, moov: Box.Box): ReadonlyMap<number, number> => {
  const mvex = Box.find(view, moov, ["mvex"])
  const defaults = mvex === undefined ? [] : Box.childrenOf(view, mvex).filter(({ type }) => type === "trex")
  return new Map(defaults.map(({ body }) => [view.getUint32(body + 4), view.getUint32(body + 12)]))
}

const trackOf = (view: DataView, trak: Box.Box, durations: ReadonlyMap<number, number>): Track => {
  const header = Box.need(view, trak, ["tkhd"])
  const id = view.getUint32(header.body + (Box.versionAt(view, header) === 1 ? 20 : 12))
  const handler = Box.need(view, trak, ["mdia", "hdlr"])
  const entries = Box.need(view, trak, ["mdia", "minf", "stbl", "stsd"])
  const edts = Box.find(view, trak, ["edts"])
  return {
    id,
    kind: kinds[Box.typeAt(view, handler.body + 8)] ?? "other",
    codec: view.getUint32(entries.body + 4) === 0 ? "" : Box.typeAt(view, entries.body + 12),
    timescale: timescaleOf(view, Box.need(view, trak, ["mdia", "mdhd"])),
    edits: edts === undefined ? [] : editsOf(view, edts),
    editsTypeAt: Option.map(Option.fromNullable(edts), ({ start }) => start + 4),
    sampleDuration: durations.get(id) ?? 0
  }
}

/** Reads a whole `moov` box. */
export const readMovie = (bytes: Uint8Array): Either.Either<Movie, Box.MalformedMp4> =>
  Box.parse("moov", () => {
    const view = Box.viewOf(bytes)
    const moov = Box.readBox(view, 0, { start: 0, limit: bytes.length })
    const durations = sampleDurations(view, moov)
    const tracks = Box.childrenOf(view, moov).filter(({ type }) => type === "trak")
    return {
      timescale: timescaleOf(view, Box.need(view, moov, ["mvhd"])),
      tracks: tracks.map((trak) => trackOf(view, trak, durations))
    }
  })
