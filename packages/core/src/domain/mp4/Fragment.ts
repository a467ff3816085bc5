import { type Either, Option } from "effect"
import * as Box from "./Box.ts"
import type { Movie, Track } from "./Movie.ts"
import { type Column, durationAt, fieldOf, offsetOf, type Run, runOf, sizeAt } from "./SampleRuns.ts"

/** The samples of one track in a fragment. Times are units of the track's timescale. */
export interface TrackFragment {
  readonly track: Track
  /** When the first sample is decoded (`tfdt`), the position of that field, and whether it has 64 bits. */
  readonly decode: { readonly time: number; readonly at: number; readonly isWide: boolean }
  readonly samples: number
  /** Sum of the sample durations. */
  readonly duration: number
  /** First moment of presentation, after `decode.time`. 0 without samples. */
  readonly earliest: number
  /** End of the presentation, after `decode.time`. 0 without samples. */
  readonly latest: number
  /** True if a sample is shown before it is decoded: its composition offset is negative. */
  readonly isAdvanced: boolean
  /** Bytes of all samples. None when a sample has the size that the header of the file gives. */
  readonly bytes: Option.Option<number>
}

/** A `moof` box. */
export interface Fragment {
  /** The position of the number of the fragment (`mfhd`). None if it has none. */
  readonly sequenceAt: Option.Option<number>
  readonly tracks: ReadonlyArray<TrackFragment>
}

interface Span {
  readonly duration: number
  readonly earliest: number
  readonly latest: number
  readonly isAdvanced: boolean
}

const nothing: Span = {
  ...{ duration: 0, isAdvanced: false },
  ...{ earliest: Number.POSITIVE_INFINITY, latest: Number.NEGATIVE_INFINITY }
}

/** The span, extended by the samples of one more run. */
const extend = (view: DataView, before: Span, run: Run, usual: number): Span => {
  let { duration, earliest, isAdvanced, latest } = before
  const { durations, offsets, samples } = run
  // A sample without fields of its own takes no bytes, so the stated number of samples can be arbitrarily large.
  // Samples are therefore not visited one by one.
  if (durations === undefined && offsets === undefined) {
    if (samples === 0) return before
    const end = duration + samples * usual
    return { duration: end, earliest: Math.min(earliest, duration), latest: Math.max(latest, end), isAdvanced }
  }
  for (let sample = 0; sample < samples; sample++) {
    const offset = offsetOf(view, run, sample)
    const shown = duration + offset
    const length = durations === undefined ? usual : view.getUint32(fieldOf(durations, sample))
    earliest = Math.min(earliest, shown)
    latest = Math.max(latest, shown + length)
    isAdvanced ||= offset < 0
    duration += length
  }
  return { duration, earliest, latest, isAdvanced }
}

const sumOf = (view: DataView, column: Column, samples: number): number => {
  let sum = 0
  for (let sample = 0; sample < samples; sample++) sum += view.getUint32(fieldOf(column, sample))
  return sum
}

const bytesOf = (view: DataView, { samples, sizes }: Run, usual: number | undefined): Option.Option<number> => {
  if (sizes !== undefined) return Option.some(sumOf(view, sizes, samples))
  return samples === 0 ? Option.some(0) : Option.map(Option.fromNullable(usual), (size) => samples * size)
}

const trackFragment = (view: DataView, traf: Box.Box, movie: Movie): TrackFragment => {
  const tfhd = Box.need(view, traf, ["tfhd"])
  const tfdt = Box.need(view, traf, ["tfdt"])
  const track = movie.tracks.find(({ id }) => id === view.getUint32(tfhd.body + 4))
  if (track === undefined) throw new RangeError("The header does not know the track")
  const usualAt = durationAt(view, tfhd)
  const usual = usualAt === undefined ? track.sampleDuration : view.getUint32(usualAt)
  const usualSizeAt = sizeAt(view, tfhd)
  const usualSize = usualSizeAt === undefined ? undefined : view.getUint32(usualSizeAt)
  const isWide = Box.versionAt(view, tfdt) !== 0
  const truns = Box.childrenOf(view, traf).filter(({ type }) => type === "trun")
  const runs = truns.map((trun) => runOf(view, trun))
  const samples = runs.reduce((sum, run) => sum + run.samples, 0)
  return {
    track,
    decode: { time: Box.unsignedAt(view, tfdt.body + 4, isWide), at: tfdt.body + 4, isWide },
    samples,
    bytes: Option.map(Option.all(runs.map((run) => bytesOf(view, run, usualSize))), (sizes) =>
      sizes.reduce((sum, size) => sum + size, 0)
    ),
    ...(samples === 0
      ? { duration: 0, earliest: 0, latest: 0, isAdvanced: false }
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
