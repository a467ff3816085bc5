import { type Either, Option } from "effect"
import * as Box from "./Box.ts"
import type { Movie } from "./Movie.ts"
import type { Patch } from "./rewrite.ts"
import { durationAt, fieldOf, offsetOf, type Run, runOf } from "./SampleRuns.ts"

/** From one number of units a second to another. */
export interface Rescale {
  readonly from: number
  readonly to: number
}

const unsigned = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  Box.viewOf(bytes).setUint32(0, value)
  return bytes
}

const trackFragments = (view: DataView) => {
  const moof = Box.readBox(view, 0, { start: 0, limit: view.byteLength })
  return Box.childrenOf(view, moof)
    .filter(({ type }) => type === "traf")
    .map((traf) => ({
      usualAt: durationAt(view, Box.need(view, traf, ["tfhd"])),
      tfdt: Box.need(view, traf, ["tfdt"]),
      runs: Box.childrenOf(view, traf)
        .filter(({ type }) => type === "trun")
        .map((trun) => runOf(view, trun))
    }))
}

const divisor = (one: number, other: number): number => (other === 0 ? one : divisor(other, one % other))

/**
 * The greatest common divisor of a number and of the durations that samples of a whole `moof` box share. Such durations
 * cannot be rounded, one for each sample. None if samples have the duration in the header of the file.
 */
export const sharedUnits = (
  bytes: Uint8Array,
  before: number
): Either.Either<Option.Option<number>, Box.MalformedMp4> =>
  Box.parse("moof", () => {
    const view = Box.viewOf(bytes)
    const sharing = trackFragments(view).filter(
      ({ runs }) =>
        runs.some(({ durations }) => durations === undefined) && runs.reduce((sum, { samples }) => sum + samples, 0) > 1
    )
    const places = Option.all(sharing.map(({ usualAt }) => Option.fromNullable(usualAt)))
    return Option.map(places, (all) => all.reduce((units, at) => divisor(units, view.getUint32(at)), before))
  })

/** Whether durations that samples share, multiples of so many units, need no rounding. */
export const isExact = (shared: number, { from, to }: Rescale): boolean => (shared * to) % from === 0

/** Rounds each decode time of a run, and each presentation time, and returns where the run ends. */
const rescaleRun = (view: DataView, run: Run, begin: number, usual: number, { from, to }: Rescale): number => {
  const scaled = (time: number): number => Math.round((time * to) / from)
  const { durations, offsets, samples } = run
  if (durations === undefined && offsets === undefined) return begin + samples * usual
  let time = begin
  for (let sample = 0; sample < samples; sample++) {
    const at = durations === undefined ? undefined : fieldOf(durations, sample)
    const end = time + (at === undefined ? usual : view.getUint32(at))
    const offset = scaled(time + offsetOf(view, run, sample)) - scaled(time)
    if (offsets !== undefined) view.setInt32(fieldOf(offsets, sample), offset)
    if (at !== undefined) view.setUint32(at, scaled(end) - scaled(time))
    time = end
  }
  return time
}

/** A whole `moof` box with its times in another timescale. All of its tracks must have the same one. */
export const rescaled = (bytes: Uint8Array, rescale: Rescale): Either.Either<Uint8Array, Box.MalformedMp4> =>
  Box.parse("moof", () => {
    const copy = bytes.slice()
    const view = Box.viewOf(copy)
    const scaled = (time: number): number => Math.round((time * rescale.to) / rescale.from)
    for (const { runs, tfdt, usualAt } of trackFragments(view)) {
      const isWide = Box.versionAt(view, tfdt) !== 0
      const start = Box.unsignedAt(view, tfdt.body + 4, isWide)
      const usual = usualAt === undefined ? 0 : view.getUint32(usualAt)
      runs.reduce((time, run) => rescaleRun(view, run, time, usual, rescale), start)
      if (isWide) view.setBigUint64(tfdt.body + 4, BigInt(scaled(start)))
      else view.setUint32(tfdt.body + 4, scaled(start))
      if (usualAt !== undefined) view.setUint32(usualAt, scaled(usual))
    }
    return copy
  })

/** Sets the timescale of the tracks in a whole `moov` box. */
export const patchTimescale = (header: Uint8Array, to: number): Either.Either<ReadonlyArray<Patch>, Box.MalformedMp4> =>
  Box.parse("moov", () => {
    const view = Box.viewOf(header)
    const moov = Box.readBox(view, 0, { start: 0, limit: header.length })
    return Box.childrenOf(view, moov)
      .filter(({ type }) => type === "trak")
      .map((trak) => Box.need(view, trak, ["mdia", "mdhd"]))
      .map((mdhd) => ({ at: mdhd.body + (Box.versionAt(view, mdhd) === 1 ? 20 : 12), bytes: unsigned(to) }))
  })

/** The timescale of the only track of a file. None if it has none or several. */
export const timescaleOf = ({ tracks }: Movie): Option.Option<number> =>
  tracks.length === 1 ? Option.fromNullable(tracks[0]?.timescale) : Option.none()
