import { Array as Arr, Option } from "effect"
import { AAC_PRIMING } from "../media/aac.ts"
import type { Movie, Track } from "./Movie.ts"
import type { Timeline, TrackTimeline } from "./Timeline.ts"

/**
 * The replacement of the edit lists of a file: by the number of each track, the units of its timescale that are added
 * to its decode times.
 */
export type EditFold = ReadonlyMap<number, number>

/** Where the presentation of a file begins. */
export interface Anchor {
  /** Frames a second of the video's source. 0 without video or when unknown. */
  readonly fps: number
  /** When the only track of the file begins in the source, in seconds, if known. */
  readonly start: Option.Option<number>
}

/** Encoders decode a picture up to this many frames before it is shown, unless an option changes that number. */
const REORDERED_FRAMES = 3

/** The lowest frame rate of renditions of a faster source. */
const SLOWEST_RENDITION = 24

/**
 * The second at which the presentation of every file of a video begins. All files must agree, since players combine the
 * video of one with the audio of another. It is above 0, because decode times cannot be negative and some frames are
 * decoded before they are shown.
 */
export const originOf = (fps: number): number =>
  REORDERED_FRAMES / Math.min(SLOWEST_RENDITION, fps > 0 ? fps : SLOWEST_RENDITION)

/** The start of the presentation, in seconds, in files of our own runner. They have no edit lists. */
export const PLAIN_ORIGIN: number = originOf(SLOWEST_RENDITION)

/** FFmpeg rounds edit lists to milliseconds. */
const ROUNDING = 0.002

const MAX_NARROW = 0xffff_ffff

/** Media time at which the presentation of the track begins. */
const firstShown = ({ edits }: Track): Option.Option<number> =>
  Option.map(
    Arr.findFirst(edits, ({ mediaTime }) => mediaTime >= 0),
    ({ mediaTime }) => mediaTime
  )

const hasEdits = ({ tracks }: Movie): boolean => tracks.some(({ editsTypeAt }) => Option.isSome(editsTypeAt))

/** Seconds from media time to presentation: the empty edits at the start, less the media time of the first other one. */
const editOffset = ({ timescale }: Movie, track: Track): number => {
  const pauses = Arr.takeWhile(track.edits, ({ mediaTime }) => mediaTime < 0)
  const pause = pauses.reduce((sum, { duration }) => sum + duration, 0)
  return pause / timescale - Option.getOrElse(firstShown(track), () => 0) / track.timescale
}

/** The maximum priming of audio encoders in seconds. */
const LONGEST_PRIMING = 0.1

/**
 * Seconds of priming at the start, which are decoded but must not be heard, unless the edit list already hides them.
 * Our own runner writes no edit list and copies audio of any encoder: everything before its origin is priming.
 */
const primingOf = (track: Track, earliest: number): number => {
  const isHidden = Option.getOrElse(firstShown(track), () => 0) > 0
  if (track.kind !== "audio" || track.codec !== "mp4a" || isHidden) return 0
  const before = PLAIN_ORIGIN - earliest / track.timescale
  const isOurs = track.edits.length === 0 && before > 0 && before < LONGEST_PRIMING
  return isOurs ? before : AAC_PRIMING / track.timescale
}

/** Second at which the presentation of a track begins. */
const beginOf = (movie: Movie, { earliest, track }: TrackTimeline): number => {
  const shown = Math.max(
    earliest,
    Option.getOrElse(firstShown(track), () => earliest)
  )
  return editOffset(movie, track) + shown / track.timescale + primingOf(track, earliest)
}

/** Seconds from the first decode time to the first presentation. */
const delayOf = ({ earliest, start, track }: TrackTimeline): number =>
  (earliest - start) / track.timescale + primingOf(track, earliest)

/**
 * When the only track of a file begins in the source. FFmpeg delays all tracks of a file together until no decode time
 * is negative. A start up to that delay may therefore mean any earlier start, which only the source shows.
 */
const sourceStart = (movie: Movie, timeline: Timeline, start: Anchor["start"]): number => {
  const [only, ...others] = timeline
  if (only === undefined || others.length > 0) return 0
  const begin = beginOf(movie, only)
  const delay = delayOf(only)
  if (begin > delay + ROUNDING) return begin
  const known = Option.getOrElse(start, () => 0)
  // The delay is negative where pictures are shown before they are decoded.
  return Math.max(0, Math.min(delay, known))
}

/** The shift of a track whose presentation moves by some seconds beyond what its edit list did. */
const shiftOf = (movie: Movie, { track }: TrackTimeline, by: number): number =>
  Math.round((editOffset(movie, track) + by) * track.timescale)

/** Seconds by which decode times would be negative. */
const deficit = (movie: Movie, timeline: Timeline, by: number): number =>
  Math.max(0, ...timeline.map((one) => -(one.start + shiftOf(movie, one, by)) / one.track.timescale))

const fits = ({ end, largestNarrow }: TrackTimeline, shift: number): boolean =>
  end + shift <= Number.MAX_SAFE_INTEGER && Option.getOrElse(largestNarrow, () => 0) + shift <= MAX_NARROW

/**
 * Seconds by which the whole presentation moves. With edit lists: to the origin or, in a file of one track, later by
 * the start of that track in the source. Without: from the origin of our own runner, if that differs.
 */
const moveOf = (movie: Movie, timeline: Timeline, { fps, start }: Anchor): number => {
  const begin = Math.min(...timeline.map((track) => beginOf(movie, track)))
  if (!hasEdits(movie)) {
    return Math.abs(begin - PLAIN_ORIGIN) < ROUNDING ? originOf(fps) - PLAIN_ORIGIN : 0
  }
  return originOf(fps) + sourceStart(movie, timeline, start) - begin
}

/** The shifts that move the whole presentation by some seconds, and further only as far as decode times require. */
const shiftsBy = (movie: Movie, timeline: Timeline, wanted: number) => {
  const by = wanted + deficit(movie, timeline, wanted)
  return timeline.map((one) => ({ one, shift: Math.max(-one.start, shiftOf(movie, one, by)) }))
}

/** Whether the file must be changed to have the effect of its edit lists. */
export const isChanging = (movie: Movie, fold: EditFold): boolean =>
  hasEdits(movie) || Array.from(fold.values()).some((shift) => shift !== 0)

const foldOf = (shifts: ReturnType<typeof shiftsBy>): EditFold =>
  new Map(shifts.map(({ one, shift }) => [one.track.id, shift]))

/**
 * The shifts that have the effect of the edit lists, which Media Source Extensions ignore. Tracks keep their distance.
 * The presentation begins at the same second as in every file of the video. None if there is nothing to change, if
 * there are no fragments, or if a time would no longer fit into its field.
 */
export const editFold = (movie: Movie, timeline: Timeline, anchor: Anchor): Option.Option<EditFold> => {
  if (timeline.length === 0) return Option.none()
  const shifts = shiftsBy(movie, timeline, moveOf(movie, timeline, anchor))
  const fold = foldOf(shifts)
  return isChanging(movie, fold) && shifts.every(({ one, shift }) => fits(one, shift))
    ? Option.some(fold)
    : Option.none()
}

/** The place of a file that holds a part of a track. */
export interface Place {
  /** Frames a second of the video's source. 0 without video or when unknown. */
  readonly fps: number
  /** Second of the video at which the file begins, whatever its own times are. */
  readonly at: number
}

/**
 * The shifts with which the presentation of a file begins at its place, without edit lists. Files of neighbouring parts
 * with these shifts can be played one after another. None without fragments.
 */
export const placedFold = (movie: Movie, timeline: Timeline, { at, fps }: Place): Option.Option<EditFold> => {
  if (timeline.length === 0) return Option.none()
  const begin = Math.min(...timeline.map((track) => beginOf(movie, track)))
  return Option.some(foldOf(shiftsBy(movie, timeline, originOf(fps) + at - begin)))
}

/**
 * Whether a file that was made for its place has the right times: no edit list, and in front of the place at most as much as
 * audio encoders put there.
 */
export const isPlaced = (movie: Movie, timeline: Timeline, { at, fps }: Place): boolean =>
  !hasEdits(movie) &&
  timeline.length > 0 &&
  timeline.every(({ earliest, start, track }) => {
    const before = originOf(fps) + at - earliest / track.timescale
    return start >= 0 && before > -ROUNDING && before < LONGEST_PRIMING
  })
