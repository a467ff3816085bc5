import { Either } from "effect"
import { CannotCut, type Reason } from "./CannotCut.ts"
import type { CutPoint, CutSource } from "./ChunkPlan.ts"

/** A coded picture, in decoding order. Times are units of the time base. */
export interface CodedPicture {
  readonly dts: number | undefined
  readonly pts: number | undefined
  readonly duration: number
  /**
   * No later picture refers to an earlier one: IDR in H.264 and HEVC, not open groups of pictures. Read only where it
   * matters.
   */
  readonly isIndependent: boolean
  /** An edit list hides it. */
  readonly isHidden: boolean
}

/** Reads the pictures of a track one after another, in constant memory apart from the cut points. */
export interface CutScan {
  readonly add: (picture: CodedPicture) => void
  /** The result, once all pictures were added. */
  readonly result: () => Either.Either<CutSource, CannotCut>
}

/** At most one cut point in this many seconds is kept. */
const SPACING = 0.5

/** Seconds. A longer pause between two pictures is a jump of the clock. */
const JUMP = 10

/**
 * The maximum time for which the picture before a cut point may be shown, as a multiple of the average and in seconds.
 */
const LONGEST_PICTURE = { average: 1.5, seconds: 0.1 }

interface Candidate {
  readonly picture: number
  readonly pts: number
  /** For how long the picture before is shown. */
  readonly pause: number
}

const problemOf = (picture: CodedPicture, before: CodedPicture | undefined, second: number): Reason | undefined => {
  const { dts, pts } = picture
  if (picture.isHidden) return "hiddenPictures"
  if (dts === undefined || pts === undefined) return "timestamps"
  if (before === undefined) return picture.isIndependent ? undefined : "begin"
  const step = dts - (before.dts ?? dts)
  return step > 0 && step <= JUMP * second ? undefined : "timestamps"
}

/**
 * Starts to look for cut points in a track whose time base has this many units a second. A cut point is an independent
 * picture: all earlier pictures are shown before it, and all later ones after it.
 */
export const make = (second: number): CutScan => {
  const candidates: Array<Candidate> = []
  let pictures = 0
  let before: CodedPicture | undefined
  let problem: Reason | undefined
  let start = 0
  let latest = { pts: 0, duration: 0 }

  const isCandidate = (picture: CodedPicture, pts: number): boolean =>
    pictures > 0 &&
    pts > latest.pts &&
    pts - (candidates.at(-1)?.pts ?? start) >= SPACING * second &&
    picture.isIndependent

  const add = (picture: CodedPicture): void => {
    problem ??= problemOf(picture, before, second)
    const { duration, pts = 0 } = picture
    if (pictures === 0) start = pts
    if (pts < start) problem ??= "begin"
    while ((candidates.at(-1)?.pts ?? pts) > pts) candidates.pop()
    if (isCandidate(picture, pts)) candidates.push({ picture: pictures, pts, pause: pts - latest.pts })
    if (pictures === 0 || pts > latest.pts) latest = { pts, duration }
    before = picture
    pictures++
  }

  const result = (): Either.Either<CutSource, CannotCut> => {
    if (problem !== undefined || pictures < 2) return Either.left(new CannotCut({ reason: problem ?? "noCutPoints" }))
    const average = (latest.pts - start) / (pictures - 1)
    const longest = Math.min(LONGEST_PICTURE.average * average, LONGEST_PICTURE.seconds * second)
    const duration = (latest.pts - start + (latest.duration > 0 ? latest.duration : average)) / second
    const points = candidates.filter(({ pause }) => pause <= longest)
    const toPoint = ({ picture, pts }: Candidate): CutPoint => ({ picture, start: (pts - start) / second })
    return Either.right({ pictures, duration, points: points.map(toPoint) })
  }

  return { add, result }
}
