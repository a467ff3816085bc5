import type * as Box from "./Box.ts"

/** A sample, in decoding order. Times are units of the track's timescale, before any edit list. */
export interface Sample {
  readonly dts: number
  readonly pts: number
  readonly duration: number
  readonly isSync: boolean
  /** Bytes from the start of the file. */
  readonly start: number
  readonly size: number
}

/** The boxes that list the samples of a track. */
export interface SampleBoxes {
  readonly stsz: Box.Box
  readonly stts: Box.Box
  readonly stsc: Box.Box
  /** `stco`, or `co64`. */
  readonly offsets: Box.Box
  /** None: pictures are shown in decoding order. */
  readonly ctts: Box.Box | undefined
  /** None: every sample is a sync sample. */
  readonly stss: Box.Box | undefined
}

/** Entries of a table begin here. Before them stand version, flags and their number. */
const ENTRIES = 8

const countOf = (view: DataView, { body }: Box.Box): number => view.getUint32(body + 4)

/** The entries of a table. Throws a `RangeError` if they do not fit. */
const entriesOf = (view: DataView, box: Box.Box, bytes: number): ReadonlyArray<number> => {
  const count = countOf(view, box)
  if (box.body + ENTRIES + count * bytes > box.end) throw new RangeError(`The table ${box.type} is cut off`)
  return Array.from({ length: count }, (_, index) => box.body + ENTRIES + index * bytes)
}

/**
 * Bytes of each sample. None if the samples share a size, as those of a video never do: then a few bytes could announce any
 * number of samples.
 */
const sizesOf = (view: DataView, { body, end }: Box.Box) => {
  if (view.getUint32(body + 4) !== 0) return undefined
  const count = view.getUint32(body + 8)
  if (body + 12 + count * 4 > end) throw new RangeError("The table stsz is cut off")
  return { count, at: (sample: number): number => view.getUint32(body + 12 + sample * 4) }
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)

/** Whether the runs of a table have so many samples, and plausible values. */
const areRuns = (view: DataView, box: Box.Box, samples: number, isValue: (value: number) => boolean): boolean => {
  const entries = entriesOf(view, box, 8)
  return (
    entries.every((at) => view.getUint32(at) > 0 && isValue(view.getInt32(at + 4))) &&
    sum(entries.map((at) => view.getUint32(at))) === samples
  )
}

/** FFmpeg drops composition offsets beyond this one. */
const LARGEST_OFFSET = 2 ** 28

/** FFmpeg does not see negative offsets in the last entries when it makes decode times early enough. */
const UNSEEN = 2

const areOffsets = (view: DataView, box: Box.Box, samples: number): boolean => {
  const values = entriesOf(view, box, 8).map((at) => view.getInt32(at + 4))
  const least = values.slice(0, -UNSEEN).reduce((least, value) => Math.min(least, value), 0)
  return (
    values.slice(-UNSEEN).every((value) => value >= least) &&
    areRuns(view, box, samples, (value) => Math.abs(value) <= LARGEST_OFFSET)
  )
}

const areSyncs = (view: DataView, box: Box.Box, samples: number): boolean => {
  const numbers = entriesOf(view, box, 4).map((at) => view.getUint32(at))
  const isRising = numbers.every((number, index) => number > (numbers[index - 1] ?? 0))
  return numbers.length > 0 && isRising && (numbers.at(-1) ?? 0) <= samples
}

interface ChunkRun {
  readonly first: number
  readonly samples: number
  readonly description: number
}

const chunkRunsOf = (view: DataView, stsc: Box.Box): ReadonlyArray<ChunkRun> =>
  entriesOf(view, stsc, 12).map((at) => ({
    first: view.getUint32(at),
    samples: view.getUint32(at + 4),
    description: view.getUint32(at + 8)
  }))

const offsetBytes = ({ type }: Box.Box): number => (type === "co64" ? 8 : 4)

/** Whether the chunks hold exactly the samples, all with the first description. */
const areChunks = (view: DataView, { offsets, stsc }: SampleBoxes, samples: number): boolean => {
  const chunks = entriesOf(view, offsets, offsetBytes(offsets)).length
  const runs = chunkRunsOf(view, stsc)
  const isUsual = runs.every(
    ({ description, first, samples }, index) =>
      samples > 0 && description === 1 && (index === 0 ? first === 1 : first > (runs[index - 1]?.first ?? 0))
  )
  const held = runs.map(({ first, samples }, index) => samples * ((runs[index + 1]?.first ?? chunks + 1) - first))
  return runs.length > 0 && isUsual && held.every((count) => count > 0) && sum(held) === samples
}

/**
 * How many samples the tables list; none if they contradict each other, or are so unusual that demuxers repair them in their
 * own ways. Throws a `RangeError` if a table is cut off.
 */
export const countSamples = (view: DataView, boxes: SampleBoxes): number | undefined => {
  const { ctts, stss, stsz, stts } = boxes
  const sizes = sizesOf(view, stsz)
  if (sizes === undefined) return undefined
  const { at, count } = sizes
  for (let sample = 0; sample < count; sample++) if (at(sample) === 0 || at(sample) >= 2 ** 30) return undefined
  const isUsual =
    count > 0 &&
    areRuns(view, stts, count, (duration) => duration > 0) &&
    (ctts === undefined || areOffsets(view, ctts, count)) &&
    (stss === undefined || areSyncs(view, stss, count)) &&
    areChunks(view, boxes, count)
  return isUsual ? count : undefined
}

/** The values of a table of runs, one sample after another. */
const runsIn = (view: DataView, box: Box.Box | undefined): (() => number) => {
  if (box === undefined) return () => 0
  let at = box.body + ENTRIES - 8
  let left = 0
  return () => {
    if (left === 0) {
      at += 8
      left = view.getUint32(at)
    }
    left--
    return view.getInt32(at + 4)
  }
}

/** Where samples begin, one after another. */
const startsIn = (view: DataView, { offsets, stsc }: SampleBoxes): ((size: number) => number) => {
  const runs = chunkRunsOf(view, stsc)
  const isWide = offsetBytes(offsets) === 8
  const offsetOf = (chunk: number): number => {
    const at = offsets.body + ENTRIES + chunk * offsetBytes(offsets)
    return isWide ? Number(view.getBigUint64(at)) : view.getUint32(at)
  }
  let [run, chunk, left, next] = [0, 0, 0, 0]
  return (size) => {
    if (left === 0) {
      if (runs[run + 1]?.first === chunk + 1) run++
      left = runs[run]?.samples ?? 1
      next = offsetOf(chunk++)
    }
    left--
    next += size
    return next - size
  }
}

/** Whether samples are sync samples, one after another. */
const syncsIn = (view: DataView, stss: Box.Box | undefined): ((sample: number) => boolean) => {
  if (stss === undefined) return () => true
  const count = countOf(view, stss)
  let next = 0
  return (sample) => {
    const isSync = next < count && view.getUint32(stss.body + ENTRIES + next * 4) === sample + 1
    if (isSync) next++
    return isSync
  }
}

/** The samples of tables that were counted. */
export function* samplesIn(view: DataView, boxes: SampleBoxes): Generator<Sample, void> {
  const sizes = sizesOf(view, boxes.stsz)
  if (sizes === undefined) return
  const durations = runsIn(view, boxes.stts)
  const offsets = runsIn(view, boxes.ctts)
  const startOf = startsIn(view, boxes)
  const isSyncAt = syncsIn(view, boxes.stss)
  let dts = 0
  for (let sample = 0; sample < sizes.count; sample++) {
    const [duration, size] = [durations(), sizes.at(sample)]
    yield { dts, pts: dts + offsets(), duration, isSync: isSyncAt(sample), start: startOf(size), size }
    dts += duration
  }
}
