import { Either, Option } from "effect"
import * as Box from "./Box.ts"
import { type Movie, readMovie, type Track } from "./Movie.ts"
import { countSamples, type Sample, type SampleBoxes, samplesIn } from "./SampleTable.ts"

/** The samples of a track. */
export interface TrackSamples {
  readonly track: Track
  /** Bytes of the length before each NAL unit. 0 if the samples of the codec are no NAL units. */
  readonly unitLength: number
  /** In decoding order. Reads the tables again with each call. */
  readonly samples: () => Iterable<Sample>
  /** How many samples there are. */
  readonly count: number
  /**
   * Whether the edit list shows the sample with this number. Unless it shows all, demuxers may read something else than the
   * tables list.
   */
  readonly isShown: (sample: Sample, number: number) => boolean
}

interface Codec {
  /** FFmpeg's name. */
  readonly name: string
  /** The box that describes NAL units, and where it has the bytes of their lengths less one. */
  readonly units?: { readonly box: string; readonly at: number }
}

const h264 = { name: "h264", units: { box: "avcC", at: 4 } }
const hevc = { name: "hevc", units: { box: "hvcC", at: 21 } }

/** By the characters of their sample entries. */
const codecs: ReadonlyMap<string, Codec> = new Map<string, Codec>([
  ["avc1", h264],
  ["avc3", h264],
  ["hvc1", hevc],
  ["hev1", hevc],
  ["vp09", { name: "vp9" }],
  ["av01", { name: "av1" }]
])

/** Bytes of the length before each NAL unit. Throws a `RangeError` without the box that contains this number. */
const unitLengthOf = (view: DataView, stsd: Box.Box, { units }: Codec): number => {
  if (units === undefined) return 0
  const [entry] = Box.boxesIn(view, stsd.body + 8, stsd.end)
  const found = entry && Box.inVideoEntry(view, entry, units.box)
  if (found === undefined) throw new RangeError(`There is no ${units.box}`)
  return (view.getUint8(found.body + units.at) & 3) + 1
}

/** Boxes by which demuxers find other samples, or other access points, than the plain tables list. */
const unusual = new Set(["stps", "stz2", "stsh"])

/** Groups of samples that say nothing about access points. */
const harmlessGroups = new Set(["roll", "prol"])

const isUnusual = (view: DataView, { body, type }: Box.Box): boolean =>
  unusual.has(type) || (type === "sbgp" && !harmlessGroups.has(Box.typeAt(view, body + 4)))

const sampleBoxesOf = (view: DataView, stbl: Box.Box): SampleBoxes | undefined => {
  const boxes = Box.childrenOf(view, stbl)
  const named = (type: string) => boxes.filter((box) => box.type === type)
  const offsets = [...named("stco"), ...named("co64")]
  const needed = [named("stsz"), named("stts"), named("stsc"), offsets]
  const optional = [named("ctts"), named("stss")]
  const isPlain = needed.every(({ length }) => length === 1) && optional.every(({ length }) => length < 2)
  const [stsz, stts, stsc, first] = needed.map(([box]) => box) as [Box.Box, Box.Box, Box.Box, Box.Box]
  if (!isPlain || boxes.some((box) => isUnusual(view, box))) return undefined
  return { stsz, stts, stsc, offsets: first, ctts: optional[0]?.[0], stss: optional[1]?.[0] }
}

/** The media is in the file itself, by the flag of its only reference. */
const isInFile = (view: DataView, minf: Box.Box): boolean => {
  const dref = Box.need(view, minf, ["dinf", "dref"])
  const references = Box.boxesIn(view, dref.body + 8, dref.end)
  return references.length === 1 && references.every((reference) => (Box.flagsAt(view, reference) & 1) === 1)
}

const NORMAL_SPEED = 0x10000

/** Whether all edits have the normal speed. */
const isNormal = (view: DataView, trak: Box.Box): boolean => {
  const list = Box.find(view, trak, ["edts", "elst"])
  if (list === undefined) return true
  const size = Box.versionAt(view, list) === 1 ? 20 : 12
  const ends = Array.from({ length: view.getUint32(list.body + 4) }, (_, index) => list.body + 8 + (index + 1) * size)
  return ends.every((end) => view.getUint32(end - 4) === NORMAL_SPEED)
}

/**
 * The media that the edits show: all without edits. Undefined unless there is a single one, perhaps after empty ones.
 */
const shownOf = ({ timescale }: Movie, { edits, timescale: second }: Track) => {
  if (edits.length === 0) return { from: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }
  const [only, ...others] = edits.slice(edits.findIndex(({ mediaTime }) => mediaTime >= 0))
  if (only === undefined || only.mediaTime < 0 || only.duration === 0 || others.length > 0) return undefined
  return { from: only.mediaTime, end: only.mediaTime + Math.round((only.duration * second) / timescale) }
}

/**
 * Whether the edits show a sample. Behind a sync sample that reaches the end of an edit, demuxers may drop others, so only
 * the last sample may be one.
 */
const isWithin =
  ({ end, from }: { readonly from: number; readonly end: number }, count: number): TrackSamples["isShown"] =>
  ({ duration, isSync, pts }, number) =>
    pts >= from && pts < end && !(isSync && number < count - 1 && pts + duration >= end)

/** FFmpeg counts streams in the order of the tracks, but pictures of other boxes come first if those do. */
const isNumbered = (boxes: ReadonlyArray<Box.Box>): boolean => {
  const first = boxes.findIndex(({ type }) => type === "udta" || type === "meta")
  return first < 0 || first > boxes.findLastIndex(({ type }) => type === "trak")
}

const trackSamples = (view: DataView, trak: Box.Box, movie: Movie, track: Track): TrackSamples | undefined => {
  const codec = codecs.get(track.codec)
  const minf = Box.need(view, trak, ["mdia", "minf"])
  const stsd = Box.need(view, minf, ["stbl", "stsd"])
  const boxes = sampleBoxesOf(view, Box.need(view, minf, ["stbl"]))
  const shown = shownOf(movie, track)
  const isKnown = track.kind === "video" && view.getUint32(stsd.body + 4) === 1 && isInFile(view, minf)
  if (codec === undefined || boxes === undefined || shown === undefined || !isKnown) return undefined
  const count = countSamples(view, boxes)
  if (count === undefined || !isNormal(view, trak)) return undefined
  return {
    ...{ track, unitLength: unitLengthOf(view, stsd, codec), count },
    samples: () => samplesIn(view, boxes),
    isShown: isWithin(shown, count)
  }
}

/** Which track is wanted. */
export interface Wanted {
  /** Counts the tracks of the file from 0, as FFmpeg does. */
  readonly number: number
  /** FFmpeg's name. */
  readonly codec: string
}

const find = (bytes: Uint8Array, movie: Movie, { codec, number }: Wanted): Option.Option<TrackSamples> => {
  const view = Box.viewOf(bytes)
  const boxes = Box.childrenOf(view, Box.readBox(view, 0, { start: 0, limit: bytes.length }))
  const trak = boxes.filter(({ type }) => type === "trak")[number]
  const track = movie.tracks[number]
  const isFragmented = boxes.some(({ type }) => type === "mvex")
  if (trak === undefined || track === undefined || isFragmented || !isNumbered(boxes)) return Option.none()
  if (codecs.get(track.codec)?.name !== codec) return Option.none()
  return Option.fromNullable(trackSamples(view, trak, movie, track))
}

/**
 * The samples of a video track by the tables of a header (`moov`): the packets that FFmpeg reads of it, apart from a shift of
 * all times, if `isShown` holds for
 * each of them. None where demuxers may read something else than the tables list: in fragmented files, with several edits,
 * with other codecs or access points.
 */
export const readSamples = (
  bytes: Uint8Array,
  wanted: Wanted
): Either.Either<Option.Option<TrackSamples>, Box.MalformedMp4> =>
  Either.flatMap(readMovie(bytes), (movie) => Box.parse("moov", () => find(bytes, movie, wanted)))

/** The number of samples that the header of a file (`moov`) lists in a track. Fails without such a track or list. */
export const countInTrack = (bytes: Uint8Array, number: number): Either.Either<number, Box.MalformedMp4> =>
  Box.parse("moov", () => {
    const view = Box.viewOf(bytes)
    const boxes = Box.childrenOf(view, Box.readBox(view, 0, { start: 0, limit: bytes.length }))
    const trak = boxes.filter(({ type }) => type === "trak")[number]
    if (trak === undefined) throw new RangeError("There is no such track")
    return view.getUint32(Box.need(view, trak, ["mdia", "minf", "stbl", "stsz"]).body + 8)
  })
