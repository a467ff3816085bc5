import { Either, Option } from "effect"
import type { MediaSummary } from "../media/MediaSummary.ts"
import { UnexpectedResult } from "../media/ResultCheck.ts"
import type { Segment, SourceChunk } from "../video/Chunking.ts"

/** Seconds of rounding beside one frame. */
const ROUNDING = 0.01

/** Seconds. Two results whose lengths differ by less have the real length of the chunk. */
const AGREEMENT = 0.005

/** The source of a chunk, as results are compared with it. */
export const summaryOfChunk = ({ heard: _, shown: __, ...source }: MediaSummary, chunk: SourceChunk): MediaSummary => ({
  ...source,
  hasAudio: false,
  duration: Option.some(chunk.duration)
})

/**
 * Accepts the length of a chunk's result: at a seam there may be a gap or an overlap of one frame at most. A length on which
 * two attempts agree is accepted, because the chunk then has it.
 */
export const checkLength = (
  chunk: Pick<SourceChunk, "duration">,
  result: { readonly seconds: number; readonly fps: number },
  refused: ReadonlyArray<number>
): Either.Either<void, UnexpectedResult> => {
  const frame = 1 / Math.max(1, result.fps)
  const isRight = Math.abs(result.seconds - chunk.duration) <= frame + ROUNDING
  const isAgreed = refused.some((earlier) => Math.abs(earlier - result.seconds) <= AGREEMENT)
  if (isRight || isAgreed) return Either.void
  const message = `The result lasts ${result.seconds.toFixed(3)} s although its chunk lasts ${chunk.duration.toFixed(3)} s.`
  return Either.left(new UnexpectedResult({ message, duration: result.seconds }))
}

/**
 * The segments, of which the last one fills the length of the chunk, so that rounding to frames does not add up from
 * chunk to chunk.
 */
export const fitSegments = (
  segments: ReadonlyArray<Segment>,
  chunk: Pick<SourceChunk, "duration">
): ReadonlyArray<Segment> => {
  const missing = chunk.duration - segments.reduce((sum, [seconds]) => sum + seconds, 0)
  return segments.map(([seconds, first, length], index) =>
    index === segments.length - 1 ? [Math.max(0, seconds + missing), first, length] : [seconds, first, length]
  )
}
