import * as Box from "./Box.ts"

/** The position of a field of each sample: `first + n * step`. */
export interface Column {
  readonly first: number
  readonly step: number
}

/** A `trun` box: a run of samples. */
export interface Run {
  readonly samples: number
  /**
   * The position of the first sample, from the fragment or from the base of its track. None: directly after the
   * previous run.
   */
  readonly dataAt: number | undefined
  /** None: all samples have the default duration. */
  readonly durations: Column | undefined
  /** None: all samples have the default size. */
  readonly sizes: Column | undefined
  /** Composition offsets. None: all are 0. */
  readonly offsets: Column | undefined
  /** True if composition offsets may be negative: version 1. */
  readonly isSigned: boolean
}

const DATA_OFFSET = 0x1
const FIRST_FLAGS = 0x4
const SAMPLE_FIELDS = [0x100, 0x200, 0x400, 0x800] as const
const [DURATION, SIZE, , COMPOSITION] = SAMPLE_FIELDS

/** Bytes of the sample fields that come before this one. */
const bytesBefore = (flags: number, field: number): number =>
  SAMPLE_FIELDS.filter((one) => one < field && (flags & one) !== 0).length * 4

const DEFAULT_FIELDS = [0x1, 0x2, 0x8, 0x10, 0x20] as const
const BASE_BYTES = 8

/** The position of a default of a `tfhd`: of the duration (0x8) or of the size (0x10). */
const defaultAt = (view: DataView, tfhd: Box.Box, field: 0x8 | 0x10): number | undefined => {
  const flags = Box.flagsAt(view, tfhd)
  if ((flags & field) === 0) return undefined
  const before = DEFAULT_FIELDS.filter((one) => one < field && (flags & one) !== 0)
  return tfhd.body + 8 + before.reduce((sum, one) => sum + (one === 0x1 ? BASE_BYTES : 4), 0)
}

/** The position of the default duration of samples. */
export const durationAt = (view: DataView, tfhd: Box.Box): number | undefined => defaultAt(view, tfhd, 0x8)

/** The position of the default size of samples. */
export const sizeAt = (view: DataView, tfhd: Box.Box): number | undefined => defaultAt(view, tfhd, 0x10)

/** Reads a `trun` box. Throws a `RangeError` if it is cut off. */
export const runOf = (view: DataView, trun: Box.Box): Run => {
  const flags = Box.flagsAt(view, trun)
  const step = bytesBefore(flags, Number.POSITIVE_INFINITY)
  const optional = ((flags & DATA_OFFSET) === 0 ? 0 : 4) + ((flags & FIRST_FLAGS) === 0 ? 0 : 4)
  const first = trun.body + 8 + optional
  const samples = view.getUint32(trun.body + 4)
  if (first + samples * step > trun.end) throw new RangeError("The run is cut off")
  const column = (field: number): Column | undefined =>
    (flags & field) === 0 ? undefined : { first: first + bytesBefore(flags, field), step }
  return {
    samples,
    dataAt: (flags & DATA_OFFSET) === 0 ? undefined : trun.body + 8,
    durations: column(DURATION),
    sizes: column(SIZE),
    offsets: column(COMPOSITION),
    isSigned: Box.versionAt(view, trun) !== 0
  }
}

/** Where the field of a sample stands. */
export const fieldOf = ({ first, step }: Column, sample: number): number => first + sample * step

/** The composition offset of a sample. */
export const offsetOf = (view: DataView, { isSigned, offsets }: Run, sample: number): number => {
  if (offsets === undefined) return 0
  const at = fieldOf(offsets, sample)
  return isSigned ? view.getInt32(at) : view.getUint32(at)
}
