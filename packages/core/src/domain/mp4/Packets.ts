import { Array as Arr, Option } from "effect"
import type { PacketCount } from "../media/ProbeReport.ts"
import type { Fragment } from "./Fragment.ts"
import type { Movie, Track } from "./Movie.ts"

/** A track in the order of the header, by which FFmpeg numbers its streams. */
export interface TrackPackets {
  readonly kind: Track["kind"]
  /** The packets that FFmpeg reads of the track. None when only FFmpeg can count them. */
  readonly packets: Option.Option<PacketCount>
}

/** The packets of the fragments of a file so far, by track. */
export interface Packets {
  readonly counts: ReadonlyMap<number, PacketCount>
  /** Bytes of samples that the next `mdat` box must hold; 0 between fragments. */
  readonly expected: number
  /** False once the boxes hold something else than usual fragments whose samples fill their `mdat` boxes. */
  readonly isPlain: boolean
}

/** Before the first fragment. A file with a second header is not usual. */
export const noPackets = (isFirst: boolean): Packets => ({ counts: new Map(), expected: 0, isPlain: isFirst })

/**
 * Seconds by which an edit list delays a track. FFmpeg applies the usual lists of fragmented files in this way: one edit,
 * perhaps behind an empty one. None for any other list.
 */
const delayOf = ({ edits, timescale }: Track, movie: Movie): Option.Option<number> => {
  const [first] = edits
  if (first === undefined) return Option.some(0)
  const pause = first.mediaTime < 0 ? Math.round((first.duration * timescale) / movie.timescale) : 0
  const rest = first.mediaTime < 0 ? edits.slice(1) : edits
  return Option.map(
    Option.filter(Arr.head(rest), ({ mediaTime }) => rest.length === 1 && mediaTime >= 0),
    ({ mediaTime }) => (pause - mediaTime) / timescale
  )
}

const together = (known: PacketCount | undefined, added: PacketCount): PacketCount =>
  known === undefined
    ? added
    : {
        count: known.count + added.count,
        start: Math.min(known.start, added.start),
        end: Math.max(known.end, added.end)
      }

/** Adds the samples of a fragment. Times are those before any edit list. FFmpeg shifts negative composition offsets. */
export const withFragment = (before: Packets, { tracks }: Fragment): Packets => {
  const counts = new Map(before.counts)
  for (const { decode, earliest, latest, samples, track } of tracks) {
    if (samples === 0) continue
    const at = (units: number): number => (decode.time + units) / track.timescale
    counts.set(track.id, together(counts.get(track.id), { count: samples, start: at(earliest), end: at(latest) }))
  }
  const sizes = Option.all(tracks.map(({ bytes }) => bytes))
  const expected = Option.match(sizes, { onNone: () => 0, onSome: (all) => all.reduce((sum, size) => sum + size, 0) })
  const isUsual = Option.isSome(sizes) && !tracks.some(({ isAdvanced }) => isAdvanced)
  const isPlain = before.isPlain && before.expected === 0 && isUsual
  return { ...before, counts, expected, isPlain }
}

/** Checks the data that follow a fragment, of so many bytes. */
export const withData = (before: Packets, bytes: number): Packets => ({
  ...before,
  expected: 0,
  isPlain: before.isPlain && bytes === before.expected
})

const nothing: PacketCount = { count: 0, start: 0, end: 0 }

/** What is known at the end of the file of each track of its header. */
export const trackPackets = (movie: Movie, { counts, expected, isPlain }: Packets): ReadonlyArray<TrackPackets> =>
  movie.tracks.map((track) => {
    const { count, end, start } = counts.get(track.id) ?? nothing
    const delay = isPlain && expected === 0 ? delayOf(track, movie) : Option.none()
    const packets = Option.map(delay, (by) => (count === 0 ? nothing : { count, start: start + by, end: end + by }))
    return { kind: track.kind, packets }
  })
