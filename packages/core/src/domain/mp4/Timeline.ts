import { Array as Arr, Option, Order } from "effect"
import type { Fragment, TrackFragment } from "./Fragment.ts"
import type { Movie, Track } from "./Movie.ts"

/** A place where the decode times of a track do not continue. Seconds. */
export interface Break {
  readonly track: Track["kind"]
  /** Where the fragment should begin. */
  readonly at: number
  /** How much later it begins; negative if it begins earlier. */
  readonly by: number
}

/** The facts about one track in the fragments of a file. Times are units of its timescale. */
export interface TrackTimeline {
  readonly track: Track
  readonly samples: number
  /** Decode time of the first fragment, and the end of the last one. */
  readonly start: number
  readonly end: number
  /** First moment of presentation, before any edit list. */
  readonly earliest: number
  /** The largest decode time that is written in 32 bits. None if all have 64. */
  readonly largestNarrow: Option.Option<number>
  /** The largest break between two fragments. */
  readonly break: Option.Option<Break>
}

/** The facts about all tracks with samples after some fragments, in the order of the file's header. */
export type Timeline = ReadonlyArray<TrackTimeline>

/** Before the first fragment. */
export const empty: Timeline = []

const byDistance = Order.mapInput(Order.number, ({ by }: Break) => Math.abs(by))

const larger = (a: Option.Option<Break>, b: Option.Option<Break>): Option.Option<Break> =>
  Option.match(Option.all([a, b]), {
    onNone: () => Option.orElse(a, () => b),
    onSome: ([one, other]) => Option.some(Order.max(byDistance)(one, other))
  })

const narrowOf = ({ decode }: TrackFragment): Option.Option<number> =>
  decode.isWide ? Option.none() : Option.some(decode.time)

const first = (fragment: TrackFragment): TrackTimeline => ({
  track: fragment.track,
  samples: fragment.samples,
  start: fragment.decode.time,
  end: fragment.decode.time + fragment.duration,
  earliest: fragment.decode.time + fragment.earliest,
  largestNarrow: narrowOf(fragment),
  break: Option.none()
})

const next = (before: TrackTimeline, fragment: TrackFragment): TrackTimeline => {
  const own = first(fragment)
  const { timescale, kind } = before.track
  const by = (own.start - before.end) / timescale
  const jump = by === 0 ? Option.none<Break>() : Option.some({ track: kind, at: before.end / timescale, by })
  return {
    ...before,
    samples: before.samples + own.samples,
    end: own.end,
    earliest: Math.min(before.earliest, own.earliest),
    largestNarrow: Option.match(own.largestNarrow, {
      onNone: () => before.largestNarrow,
      onSome: (time) =>
        Option.some(
          Math.max(
            time,
            Option.getOrElse(before.largestNarrow, () => 0)
          )
        )
    }),
    break: larger(before.break, jump)
  }
}

const addTrack = (timeline: Timeline, fragment: TrackFragment): Timeline => {
  if (fragment.samples === 0) return timeline
  const isSame = ({ track }: TrackTimeline): boolean => track.id === fragment.track.id
  return timeline.some(isSame)
    ? timeline.map((known) => (isSame(known) ? next(known, fragment) : known))
    : [...timeline, first(fragment)]
}

/** The timeline with one more fragment. */
export const add = (timeline: Timeline, fragment: Fragment): Timeline => fragment.tracks.reduce(addTrack, timeline)

/** The largest break of all tracks, if one is longer than the tolerance in seconds. */
export const breakOf = (timeline: Timeline, tolerance: number): Option.Option<Break> =>
  timeline
    .reduce((found, track) => larger(found, track.break), Option.none<Break>())
    .pipe(Option.filter(({ by }) => Math.abs(by) > tolerance))

/** Seconds from the start of the first fragment to the end of the last one, for each track of the header. */
export const lengthsOf = (
  { tracks }: Movie,
  timeline: Timeline
): ReadonlyArray<{ readonly track: Track; readonly samples: number; readonly seconds: number }> =>
  tracks.map((track) =>
    Option.match(
      Arr.findFirst(timeline, (one) => one.track.id === track.id),
      {
        onNone: () => ({ track, samples: 0, seconds: 0 }),
        onSome: ({ end, samples, start }) => ({ track, samples, seconds: (end - start) / track.timescale })
      }
    )
  )
