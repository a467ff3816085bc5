import { Overview } from "@runner-connector/core"
import { DateTime, Duration, Effect, Number as Num, Option, Schema } from "effect"
import { endpoint } from "../http/Endpoint.ts"
import { Moment } from "../http/fields.ts"
import { type Handler, type Reception, respondWithDocument } from "../http/Handler.ts"

const Range = Schema.Literal("hour", "day", "week")

const Queue = Schema.Struct({
  type: Schema.String,
  pending: Schema.Int,
  processing: Schema.Int,
  /** Jobs that wait for their parent. */
  waiting: Schema.Int,
  oldestPendingAt: Schema.NullOr(Moment)
})

const Ended = { completed: Schema.Int, failed: Schema.Int }

const OverviewDocument = Schema.Struct({
  range: Range,
  at: Moment,
  /** Seconds from one point of the series to the next. */
  bucketSeconds: Schema.Int,
  throughput: Schema.Struct({
    ...Ended,
    /** The share of ended jobs that failed, 0 to 1. Null when none ended. */
    failureRate: Schema.NullOr(Schema.Number)
  }),
  queue: Schema.Array(Queue),
  oldestPending: Schema.NullOr(Schema.Struct({ uuid: Schema.String, type: Schema.String, createdAt: Moment })),
  runners: Schema.Struct({ total: Schema.Int, online: Schema.Int, busy: Schema.Int, idle: Schema.Int }),
  videos: Schema.Struct({
    total: Schema.Int,
    byState: Schema.Array(Schema.Struct({ state: Schema.String, count: Schema.Int }))
  }),
  /** Bytes of renditions and progressive files. */
  storage: Schema.Struct({ bytes: Schema.Number }),
  series: Schema.Array(Schema.Struct({ at: Moment, ...Ended }))
}).annotations({ identifier: "Overview" })

export const getOverview = endpoint({
  name: "getOverview",
  method: "GET",
  path: "/overview",
  summary: "Show throughput, queue, runners and storage",
  admin: true,
  query: Schema.Struct({ range: Schema.optionalWith(Range, { default: () => "hour" }) }),
  status: 200,
  response: OverviewDocument
})

const iso = DateTime.formatIso

const throughputOf = (series: Overview.OverviewFigures["series"]) => {
  const completed = Num.sumAll(series.map((one) => one.completed))
  const failed = Num.sumAll(series.map((one) => one.failed))
  const ended = completed + failed
  return { completed, failed, failureRate: ended === 0 ? null : failed / ended }
}

/** The document of these figures. */
export const overviewDocument = (
  range: Overview.Range,
  figures: Overview.OverviewFigures
): typeof OverviewDocument.Type => {
  const { oldestPending, queue, runners, series, videos } = figures
  return {
    range,
    at: iso(figures.at),
    bucketSeconds: Duration.toSeconds(figures.interval),
    throughput: throughputOf(series),
    queue: queue.map(({ oldestPendingAt, ...one }) => ({
      ...one,
      oldestPendingAt: Option.getOrNull(Option.map(oldestPendingAt, iso))
    })),
    oldestPending: Option.getOrNull(
      Option.map(oldestPending, ({ createdAt, id, type }) => ({ uuid: id, type, createdAt: iso(createdAt) }))
    ),
    runners: { ...runners, idle: Math.max(0, runners.online - runners.busy) },
    videos: {
      total: Num.sumAll(videos.map(({ count }) => count)),
      byState: videos.map(({ count, state }) => ({ state, count }))
    },
    storage: { bytes: Num.sumAll(videos.map(({ bytes }) => bytes)) },
    series: series.map(({ at, ...ended }) => ({ at: iso(at), ...ended }))
  }
}

/** Answers `getOverview`. */
export const handleGetOverview: Effect.Effect<Handler, never, Reception | Overview.Overview> = Effect.flatMap(
  Overview.Overview,
  ({ read }) =>
    respondWithDocument(getOverview, {
      run: ({ query: { range } }) => Effect.map(read(range), (figures) => overviewDocument(range, figures))
    })
)
