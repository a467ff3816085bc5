import { Array as Arr, Effect, Either, Option } from "effect"
import type { PacketCount } from "../../domain/media/ProbeReport.ts"
import * as Mp4 from "../../domain/mp4/index.ts"
import type { UploadError } from "../UploadedFile.ts"
import { type FileBox, foldBoxes, headerOf, isMp4, type Source } from "./boxes.ts"

export type { Source } from "./boxes.ts"

/** A track in the order of the header, by which FFmpeg numbers its streams. */
export interface TrackPackets {
  readonly kind: "video" | "audio" | "other"
  /** The packets that FFmpeg reads of the track. None when only FFmpeg can count them. */
  readonly packets: Option.Option<PacketCount>
}

interface Reading {
  readonly movie: Mp4.Movie
  readonly counts: ReadonlyMap<number, PacketCount>
  /** Bytes of samples that the next `mdat` box must hold; 0 between fragments. */
  readonly expected: number
  /** False once the boxes hold something else than usual fragments whose samples fill their `mdat` boxes. */
  readonly isPlain: boolean
}

/**
 * Seconds by which an edit list delays a track. FFmpeg applies the usual lists of fragmented files in this way: one edit,
 * perhaps behind an empty one. None for any other list.
 */
const delayOf = ({ edits, timescale }: Mp4.Track, movie: Mp4.Movie): Option.Option<number> => {
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
const withFragment = (reading: Reading, { tracks }: Mp4.Fragment): Reading => {
  const counts = new Map(reading.counts)
  for (const { decode, earliest, latest, samples, track } of tracks) {
    if (samples === 0) continue
    const at = (units: number): number => (decode.time + units) / track.timescale
    counts.set(track.id, together(counts.get(track.id), { count: samples, start: at(earliest), end: at(latest) }))
  }
  const sizes = Option.all(tracks.map(({ bytes }) => bytes))
  const expected = Option.match(sizes, { onNone: () => 0, onSome: (all) => all.reduce((sum, size) => sum + size, 0) })
  const isUsual = Option.isSome(sizes) && !tracks.some(({ isAdvanced }) => isAdvanced)
  const isPlain = reading.isPlain && reading.expected === 0 && isUsual
  return { ...reading, counts, expected, isPlain }
}

const withBox = (reading: Option.Option<Reading>, { body, bytes, end, type }: FileBox) =>
  Either.gen(function* () {
    if (type === "moov" && Option.isSome(bytes)) {
      const movie = yield* Mp4.readMovie(bytes.value)
      return Option.some({ movie, counts: new Map(), expected: 0, isPlain: Option.isNone(reading) })
    }
    if (Option.isNone(reading)) return reading
    const { expected, isPlain, movie } = reading.value
    if (type === "mdat")
      return Option.some({ ...reading.value, expected: 0, isPlain: isPlain && end - body === expected })
    if (type !== "moof" || Option.isNone(bytes)) return reading
    return Option.some(withFragment(reading.value, yield* Mp4.readFragment(bytes.value, movie)))
  })

const nothing: PacketCount = { count: 0, start: 0, end: 0 }

const trackPackets = ({ counts, expected, isPlain, movie }: Reading): ReadonlyArray<TrackPackets> =>
  movie.tracks.map((track) => {
    const { count, end, start } = counts.get(track.id) ?? nothing
    const delay = isPlain && expected === 0 ? delayOf(track, movie) : Option.none()
    const packets = Option.map(delay, (by) => (count === 0 ? nothing : { count, start: start + by, end: end + by }))
    return { kind: track.kind, packets }
  })

/** The kinds of the tracks of an MP4 file, which its header lists. None if the file is no MP4 file or has no header. */
export const kindsOf = (
  file: Source
): Effect.Effect<Option.Option<ReadonlyArray<TrackPackets["kind"]>>, UploadError | Mp4.MalformedMp4> =>
  Effect.flatMap(headerOf(file), (header) =>
    Effect.transposeMapOption(header, (bytes) =>
      Either.map(Mp4.readMovie(bytes), ({ tracks }) => tracks.map(({ kind }) => kind))
    )
  )

/**
 * The tracks of an MP4 file and, if it is fragmented, their packets. Reads only the boxes that describe the media, so it
 * takes milliseconds where reading all packets takes as long as reading the file. None if the file is no MP4 file.
 */
export const packetsOf = (
  file: Source
): Effect.Effect<Option.Option<ReadonlyArray<TrackPackets>>, UploadError | Mp4.MalformedMp4> =>
  Effect.if(isMp4(file), {
    onTrue: () => foldBoxes(file, Option.none<Reading>(), withBox),
    onFalse: () => Effect.succeedNone
  }).pipe(Effect.map(Option.map(trackPackets)))
