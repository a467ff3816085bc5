import { type Array as Arr, Either } from "effect"
import { CannotCut } from "./CannotCut.ts"

/** A picture behind which, in decoding order, nothing refers to an earlier one, and before which nothing is shown later. */
export interface CutPoint {
  /** Its number in decoding order, from 0. */
  readonly picture: number
  /** Seconds from the first picture of the track. */
  readonly start: number
}

/** What is known of a video track that can be cut. */
export interface CutSource {
  /** Coded pictures of the track. */
  readonly pictures: number
  /** Seconds from the start of the first picture to the end of the last one. */
  readonly duration: number
  /** In order, without the first picture. */
  readonly points: ReadonlyArray<CutPoint>
}

/** A part of the source. All chunks together are the track: each picture is in exactly one. */
export interface PlannedChunk {
  /** From 0. */
  readonly index: number
  /** Number of its first picture in decoding order. */
  readonly first: number
  /** Coded pictures. */
  readonly pictures: number
  /** Seconds from the first picture of the track. */
  readonly start: number
  /** Seconds. */
  readonly duration: number
}

export type ChunkPlan = Arr.NonEmptyReadonlyArray<PlannedChunk>

/** How a source is cut. Seconds. */
export interface ChunkLengths {
  /** Length of most chunks. The first three are shorter, and those of very long sources longer. */
  readonly duration: number
  /** Shorter sources are not cut. */
  readonly minDuration: number
}

/** The first chunks are so much shorter: 8, 15 and 30 of 60 seconds. A player can start after the first one. */
const RAMP = [2 / 15, 1 / 4, 1 / 2] as const

/** Sources that would have more chunks get longer ones. As chunks may have half their length, the limit is twice that. */
const USUAL_MAX = 200

/** Chunks end at the cut point that is nearest to their length, but never have less than this part of it. */
const SHORTEST = 0.5

/** Seconds of the chunk with this index, before it is fitted to the cut points. */
const lengthOf = (index: number, { duration }: ChunkLengths, whole: number): number =>
  Math.max((RAMP[index] ?? 1) * duration, index < RAMP.length ? 0 : whole / USUAL_MAX)

/** The index of the cut point nearest to a time, among those that are late enough; none if the source ends before. */
const nearest = (points: ReadonlyArray<CutPoint>, from: number, earliest: number, wanted: number): number => {
  let found = from
  while (found < points.length && (points[found]?.start ?? 0) < earliest) found++
  const distance = (at: number): number => Math.abs((points[at]?.start ?? Number.POSITIVE_INFINITY) - wanted)
  while (distance(found + 1) < distance(found)) found++
  return found
}

/** The cut points at which chunks begin, without the first chunk. */
const chosen = ({ duration, points }: CutSource, lengths: ChunkLengths): ReadonlyArray<CutPoint> => {
  const result: Array<CutPoint> = []
  let start = 0
  for (let at = 0; ; at++) {
    const length = lengthOf(result.length, lengths, duration)
    at = nearest(points, at, start + SHORTEST * length, start + length)
    const point = points[at]
    if (point === undefined || duration - point.start < SHORTEST * length) return result
    result.push(point)
    start = point.start
  }
}

const chunksOf = ({ duration, pictures }: CutSource, begins: ReadonlyArray<CutPoint>): ChunkPlan => {
  const all = [{ picture: 0, start: 0 }, ...begins, { picture: pictures, start: duration }]
  return begins.concat([{ picture: pictures, start: duration }]).map((end, index): PlannedChunk => {
    const begin = all[index] ?? end
    const spans = { pictures: end.picture - begin.picture, duration: end.start - begin.start }
    return { index, first: begin.picture, start: begin.start, ...spans }
  }) as unknown as ChunkPlan
}

/** A single chunk that is most of the source leaves little to do at the same time. */
const gainsNothing = (plan: ChunkPlan, { duration }: CutSource, lengths: ChunkLengths): boolean => {
  const longest = Math.max(...plan.map((chunk) => chunk.duration))
  return longest > duration / 2 && longest > 2 * lengths.duration
}

/**
 * Divides a source into chunks of growing length. Fails with `CannotCut` for short sources, and for those whose cut points
 * are so rare that nothing is gained.
 */
export const planChunks = (source: CutSource, lengths: ChunkLengths): Either.Either<ChunkPlan, CannotCut> => {
  if (source.duration < lengths.minDuration) return Either.left(new CannotCut({ reason: "tooShort" }))
  const plan = chunksOf(source, chosen(source, lengths))
  return plan.length < 2 || gainsNothing(plan, source, lengths)
    ? Either.left(new CannotCut({ reason: "noCutPoints" }))
    : Either.right(plan)
}

/** Accepts the coded pictures that were counted in each chunk, if they are those of the plan. */
export const checkCounts = (plan: ChunkPlan, counted: ReadonlyArray<number>): Either.Either<void, CannotCut> =>
  plan.length === counted.length && plan.every(({ pictures }, index) => counted[index] === pictures)
    ? Either.void
    : Either.left(new CannotCut({ reason: "counts" }))
