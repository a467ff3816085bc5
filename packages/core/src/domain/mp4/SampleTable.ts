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

/** How many entries a table has. Throws a `RangeError` if they do not fit. */
const fittingCount = (view: DataView, box: Box.Box, bytes: number): number => {
  const count = countOf(view, box)
  if (box.body + ENTRIES + count * bytes > box.end) throw new RangeError(`The table ${box.type} is cut off`)
  return count
}

type Passes = (at: number, index: number) => boolean

/** Whether all entries of a table pass. A loop without arrays, because films have millions of entries. */
const everyEntry = (view: DataView, box: Box.Box, bytes: number, passes: Passes): boolean => {
  const count = fittingCount(view, box, bytes)
  for (let index = 0; index < count; index++) if (!passes(box.body + ENTRIES + index * bytes, index)) return false
  return true
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

/** Whether the runs of a table have so many samples, and plausible values. */
const areRuns = (view: DataView, box: Box.Box, samples: number, isValue: (value: number) => boolean): boolean => {
  let total = 0
  const arePlausible = everyEntry(view, box, 8, (at) => {
    const length = view.getUint32(at)
    total += length
    return length > 0 && isValue(view.getInt32(at + 4))
  })
  return arePlausible && total === samples
}

/** FFmpeg drops composition offsets beyond this one. */
const LARGEST_OFFSET = 2 ** 28

/** FFmpeg does not see negative offsets in the last entries when it makes decode times early enough. */
const UNSEEN = 2

const areOffsets = (view: DataView, box: Box.Box, samples: number): boolean => {
  const seen = fittingCount(view, box, 8) - UNSEEN
  let least = 0
  const areSeen = everyEntry(view, box, 8, (at, index) => {
    const value = view.getInt32(at + 4)
    if (index < seen) least = Math.min(least, value)
    return value >= least
  })
  return areSeen && areRuns(view, box, samples, (value) => Math.abs(value) <= LARGEST_OFFSET)
}

const areSyncs = (view: DataView, box: Box.Box, samples: number): boolean => {
  let last = 0
  const areRising = everyEntry(view, box, 4, (at) => {
    const before = last
    last = view.getUint32(at)
    return last > before
  })
  return areRising && last > 0 && last <= samples
}

/** Where the run of chunks with this index stands: the number of its first chunk, its samples, their description. */
const runAt = ({ body }: Box.Box, index: number): number => body + ENTRIES + index * 12

/** The number of the chunk behind a run. */
const chunkAfter = (view: DataView, { offsets, stsc }: SampleBoxes, index: number): number =>
  index + 1 < countOf(view, stsc) ? view.getUint32(runAt(stsc, index + 1)) : countOf(view, offsets) + 1

const offsetBytes = ({ type }: Box.Box): number => (type === "co64" ? 8 : 4)

/** Whether the chunks hold exactly the samples, all with the first description. */
const areChunks = (view: DataView, boxes: SampleBoxes, samples: number): boolean => {
  fittingCount(view, boxes.offsets, offsetBytes(boxes.offsets))
  let held = 0
  const areUsual = everyEntry(view, boxes.stsc, 12, (at, index) => {
    const [first, length, description] = [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8)]
    const chunks = chunkAfter(view, boxes, index) - first
    held += length * chunks
    return length > 0 && description === 1 && chunks > 0 && (index > 0 || first === 1)
  })
  return areUsual && held > 0 && held === samples
}

/**
 * The number of samples that the tables list. None if they contradict each other, or are so unusual that demuxers
 * repair them in different ways. Throws a `RangeError` if a table is cut off.
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
const startsIn = (view: DataView, boxes: SampleBoxes): ((size: number) => number) => {
  const { offsets, stsc } = boxes
  const isWide = offsetBytes(offsets) === 8
  const offsetOf = (chunk: number): number => {
    const at = offsets.body + ENTRIES + chunk * offsetBytes(offsets)
    return isWide ? Number(view.getBigUint64(at)) : view.getUint32(at)
  }
  let [run, chunk, left, next] = [0, 0, 0, 0]
  return (size) => {
    if (left === 0) {
      if (chunkAfter(view, boxes, run) === chunk + 1) run++
      left = view.getUint32(runAt(stsc, run) + 4)
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
