import { type Either, Option } from "effect"
import * as Box from "./Box.ts"
import type { Movie, Track } from "./Movie.ts"
import { durationAt, fieldOf, offsetOf, type Run, runOf } from "./SampleRuns.ts"

/** The samples of one track in a fragment. Times are units of the track's timescale. */
export interface TrackFragment {
  readonly track: Track
  /** When the first sample is decoded (`tfdt`), where that stands, and whether in 64 bits. */
  readonly decode: { readonly time: number; readonly at: number; readonly isWide: boolean }
  readonly samples: number
  /** Sum of the sample durations. */
  readonly duration: number
  /** First moment of presentation, from `decode.time` on; 0 without samples. */
  readonly earliest: number
}

/** A `moof` box. */
export interface Fragment {
  /** Where the number of the fragment stands (`mfhd`); none if it has none. */
  readonly sequenceAt: Option.Option<number>
  readonly tracks: ReadonlyArray<TrackFragment>
}

interface Span {
  readonly duration: number
  readonly earliest: number
}

const nothing: Span = { duration: 0, earliest: Number.POSITIVE_INFINITY }

/** A span with the samples of one more run behind it. */
const extend = (view: DataView, before: Span, run: Run, usual: number): Span => {
  let { duration, earliest } = before
  const { durations, offsets, samples } = run
  // Without fields of its own a sample takes no bytes: the number of samples may be anything, and is not counted up to.
  if (durations === undefined && offsets === undefined) {
    if (samples === 0) return before
    return { duration: duration + samples * usual, earliest: Math.min(earliest, duration) }
  }
  for (let sample = 0; sample < samples; sample++) {
    earliest = Math.min(earliest, duration + offsetOf(view, run, sample))
    duration += durations === undefined ? usual : view.getUint32(fieldOf(durations, sample))
  }
  return { duration, earliest }
}

const trackFragment = (view: DataView, traf: Box.Box, movie: Movie): TrackFragment => {
  const tfhd = Box.need(view, traf, ["tfhd"])
  const tfdt = Box.need(view, traf, ["tfdt"])
  const track = movie.tracks.find(({ id }) => id === view.getUint32(tfhd.body + 4))
  if (track === undefined) throw new RangeError("The header does not know the track")
  const usualAt = durationAt(view, tfhd)
  const usual = usualAt === undefined ? track.sampleDuration : view.getUint32(usualAt)
  const isWide = Box.versionAt(view, tfdt) !== 0
  const truns = Box.childrenOf(view, traf).filter(({ type }) => type === "trun")
  const runs = truns.map((trun) => runOf(view, trun))
  const samples = runs.reduce((sum, run) => sum + run.samples, 0)
  return {
    track,
    decode: { time: Box.unsignedAt(view, tfdt.body + 4, isWide), at: tfdt.body + 4, isWide },
    samples,
    ...(samples === 0
      ? { duration: 0, earliest: 0 }
      : runs.reduce((before, run) => extend(view, before, run, usual), nothing))
  }
}

/** Reads a whole `moof` box of a file with this header. Fails without `tfdt`: such fragments cannot be placed in time. */
export const readFragment = (bytes: Uint8Array, movie: Movie): Either.Either<Fragment, Box.MalformedMp4> =>
  Box.parse("moof", () => {
    const view = Box.viewOf(bytes)
    const moof = Box.readBox(view, 0, { start: 0, limit: bytes.length })
    const tracks = Box.childrenOf(view, moof).filter(({ type }) => type === "traf")
    return {
      sequenceAt: Option.map(Option.fromNullable(Box.find(view, moof, ["mfhd"])), ({ body }) => body + 4),
      tracks: tracks.map((traf) => trackFragment(view, traf, movie))
    }
  })
