import { Array as Arr, Either, Option } from "effect"
import { CannotCut } from "./CannotCut.ts"

/**
 * A picture at which a track can be cut: no later picture in decoding order refers to an earlier one, and no earlier
 * picture is shown after it.
 */
export interface CutPoint {
  /** Its number in decoding order, from 0. */
  readonly picture: number
  /** Seconds from the first picture of the track. */
  readonly start: number
}

/** The facts about a video track that can be cut. */
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

/**
 * The share of the usual length that the first chunks have: 8, 15 and 30 of 60 seconds. A player can start after the
 * first one.
 */
const RAMP = [2 / 15, 1 / 4, 1 / 2] as const

/**
 * Sources that would have more chunks than this get longer ones. As chunks may have half their length, up to twice as
 * many are possible.
 */
const USUAL_MAX = 200

/** Chunks end at the cut point that is nearest to their length, but never have less than this part of it. */
const SHORTEST = 0.5

/** Seconds of the chunk with this index, before it is fitted to the cut points. */
const lengthOf = (index: number, { duration }: ChunkLengths, whole: number): number =>
  Math.max((RAMP[index] ?? 1) * duration, index < RAMP.length ? 0 : whole / USUAL_MAX)

/** The first chunk is searched in this multiple of its usual length. */
const LEAD = 3

/** The first chunk ends within these seconds of a source, if it has about the usual length. */
export const leadOf = ({ duration }: Pick<ChunkLengths, "duration">): number => LEAD * RAMP[0] * duration

/** The index of the cut point nearest to a time, among those that are late enough. None if the source ends before. */
const nearest = (points: ReadonlyArray<CutPoint>, from: number, earliest: number, wanted: number): number => {
  let found = from
  while (found < points.length && (points[found]?.start ?? 0) < earliest) found++
  const distance = (at: number): number => Math.abs((points[at]?.start ?? Number.POSITIVE_INFINITY) - wanted)
  while (distance(found + 1) < distance(found)) found++
  return found
}

/** The cut points at which chunks begin, without the first chunk. */
const chosen = (
  { duration, points }: CutSource,
  lengths: ChunkLengths,
  known: Option.Option<CutPoint>
): ReadonlyArray<CutPoint> => {
  const result: Array<CutPoint> = Option.toArray(known)
  let start = result[0]?.start ?? 0
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

/** If a single chunk is most of the source, little can be done in parallel. */
const gainsNothing = (plan: ChunkPlan, { duration }: CutSource, lengths: ChunkLengths): boolean => {
  const longest = Math.max(...plan.map((chunk) => chunk.duration))
  return longest > duration / 2 && longest > 2 * lengths.duration
}

/**
 * The first chunk of a source of which only the beginning was examined. None where the rest may have a cut point that is
 * nearer to the wanted length.
 */
export const firstChunk = (
  { points }: CutSource,
  lengths: Pick<ChunkLengths, "duration">
): Option.Option<PlannedChunk> => {
  const length = RAMP[0] * lengths.duration
  const end = points[nearest(points, 0, SHORTEST * length, length)]
  return end === undefined || end.start > (LEAD - 1) * length
    ? Option.none()
    : Option.some({ index: 0, first: 0, pictures: end.picture, start: 0, duration: end.start })
}

/** The second at which a first chunk of this length ends. */
export const endOfFirst = ({ points }: CutSource, seconds: number): Option.Option<CutPoint> =>
  Arr.findFirst(points, ({ start }) => start === seconds)

/**
 * Divides a source into chunks of growing length. The end of the first one may be known already. Fails with `CannotCut`
 * for short sources, and for those with so few cut points that nothing is gained.
 */
export const planChunks = (
  source: CutSource,
  lengths: ChunkLengths,
  known: Option.Option<CutPoint> = Option.none()
): Either.Either<ChunkPlan, CannotCut> => {
  if (source.duration < lengths.minDuration) return Either.left(new CannotCut({ reason: "tooShort" }))
  const plan = chunksOf(source, chosen(source, lengths, known))
  return plan.length < 2 || gainsNothing(plan, source, lengths)
    ? Either.left(new CannotCut({ reason: "noCutPoints" }))
    : Either.right(plan)
}

/** Accepts the numbers of coded pictures that were counted in the chunks, if they are those of the plan. */
export const checkCounts = (plan: ChunkPlan, counted: ReadonlyArray<number>): Either.Either<void, CannotCut> =>
  plan.length === counted.length && plan.every(({ pictures }, index) => counted[index] === pictures)
    ? Either.void
    : Either.left(new CannotCut({ reason: "counts" }))
