import { Array as Arr, Context, DateTime, Duration, Effect, Layer, type Option } from "effect"
import {
  type EndedFigures,
  type OldestPending,
  OverviewStore,
  type QueueFigures,
  type RunnerFigures,
  type VideoFigures
} from "../../ports/OverviewStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { spanned } from "../../ports/Spans.ts"

/** How far back the series of an overview goes. */
export const ranges = {
  hour: { interval: Duration.minutes(1), points: 60, keptFor: Duration.seconds(2) },
  day: { interval: Duration.minutes(15), points: 96, keptFor: Duration.seconds(15) },
  week: { interval: Duration.hours(2), points: 84, keptFor: Duration.minutes(1) }
} as const

/** The range of a series. */
export type Range = keyof typeof ranges

/** The figures of an installation. */
export interface OverviewFigures {
  readonly at: DateTime.Utc
  readonly interval: Duration.Duration
  /** One entry for each interval of the range, in the order of time. The last interval is not over. */
  readonly series: ReadonlyArray<EndedFigures>
  readonly queue: ReadonlyArray<QueueFigures>
  readonly oldestPending: Option.Option<OldestPending>
  readonly runners: RunnerFigures
  readonly videos: ReadonlyArray<VideoFigures>
}

/** Figures for operators, from the rows of the database. */
export class Overview extends Context.Tag("@runner-connector/core/Overview")<
  Overview,
  {
    /** Figures that are at most two seconds old, series of a week at most a minute. */
    readonly read: (range: Range) => Effect.Effect<OverviewFigures, PersistenceError>
  }
>() {}

const FIGURES_KEPT = "2 seconds"
const VIDEOS_KEPT = "15 seconds"

/** The start of the first interval. The last one contains `now`. */
const beginOf = (now: DateTime.Utc, { interval, points }: (typeof ranges)[Range]): DateTime.Utc => {
  const millis = Duration.toMillis(interval)
  const current = Math.floor(DateTime.toEpochMillis(now) / millis)
  return DateTime.unsafeMake((current - points + 1) * millis)
}

const complete = (begin: DateTime.Utc, found: ReadonlyArray<EndedFigures>, range: (typeof ranges)[Range]) => {
  const byTime = new Map(found.map((figures) => [DateTime.toEpochMillis(figures.at), figures]))
  return Arr.makeBy(range.points, (index): EndedFigures => {
    const at = DateTime.addDuration(begin, Duration.times(range.interval, index))
    return byTime.get(DateTime.toEpochMillis(at)) ?? { at, completed: 0, failed: 0 }
  })
}

const make = Effect.gen(function* () {
  const store = yield* OverviewStore
  const { oldestPending, queue, runners } = store
  const figures = yield* Effect.cachedWithTTL(Effect.all({ queue, oldestPending, runners }), FIGURES_KEPT)
  const videos = yield* Effect.cachedWithTTL(store.videos, VIDEOS_KEPT)

  const seriesOf = (range: (typeof ranges)[Range]) =>
    Effect.cachedWithTTL(
      Effect.gen(function* () {
        const begin = beginOf(yield* DateTime.now, range)
        return complete(begin, yield* store.ended({ since: begin, interval: range.interval }), range)
      }),
      range.keptFor
    )
  const series = {
    hour: yield* seriesOf(ranges.hour),
    day: yield* seriesOf(ranges.day),
    week: yield* seriesOf(ranges.week)
  }

  return Overview.of({
    read: spanned("Overview.read")(function* (range) {
      const { interval } = ranges[range]
      return {
        ...{ at: yield* DateTime.now, interval, series: yield* series[range], videos: yield* videos },
        ...(yield* figures)
      }
    })
  })
})

/** Figures over the port. All readers of a process share one read of the database. */
export const layer: Layer.Layer<Overview, never, OverviewStore> = Layer.effect(Overview, make)
