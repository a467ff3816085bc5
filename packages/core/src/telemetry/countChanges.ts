import { Array as Arr, type DateTime, Effect, Metric, MetricBoundaries, Option } from "effect"
import { eventTypes, type NewEvent } from "../domain/event/Event.ts"
import type { JobChange } from "../domain/event/jobEvents.ts"
import { type AttemptEnd, AttemptOutcome } from "../domain/job/JobAttempt.ts"
import type { Changes, Observer } from "../ports/StateChanges.ts"

/** Seconds, from a tenth of a second to a day. */
const durations = MetricBoundaries.fromIterable([
  0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 86_400
])

const claims = Metric.counter("runner_connector_claims_total", {
  description: "Jobs that runners accepted.",
  incremental: true
})
const attempts = Metric.counter("runner_connector_attempts_total", {
  description: "Ended attempts, by their outcome.",
  incremental: true
})
const stalls = Metric.counter("runner_connector_stalls_total", {
  description: "Attempts that ended by silence or a lack of progress.",
  incremental: true
})
const attemptSeconds = Metric.histogram(
  "runner_connector_attempt_seconds",
  durations,
  "Time from the acceptance of a job to the end of the attempt."
)
const playableSeconds = Metric.histogram(
  "runner_connector_time_to_first_playable_seconds",
  durations,
  "Time from the creation of a video until its first rendition can be played."
)
const eventsWritten = Metric.counter("runner_connector_events_total", {
  description: "Changes of state, by the type of their event.",
  incremental: true
})

const secondsBetween = (from: DateTime.Utc, to: DateTime.Utc): number =>
  Math.max(0, (to.epochMillis - from.epochMillis) / 1000)

/** The attempt that this write ended. */
export const endedAttempt = ({
  after,
  before
}: JobChange): Option.Option<{ readonly startedAt: DateTime.Utc; readonly end: AttemptEnd }> =>
  before === "Processing" || before === "Completing"
    ? Option.flatMap(Arr.last(after.attempts), ({ end, startedAt }) => Option.map(end, (end) => ({ startedAt, end })))
    : Option.none()

const countAttempt = (change: JobChange): Effect.Effect<void> =>
  Option.match(endedAttempt(change), {
    onNone: () => Effect.void,
    onSome: ({ end, startedAt }) => {
      const jobType = change.after.type
      const tagged = <T, I, O>(metric: Metric.Metric<T, I, O>) =>
        metric.pipe(Metric.tagged("jobType", jobType), Metric.tagged("outcome", end.outcome))
      return Effect.all([
        Metric.increment(tagged(attempts)),
        Metric.update(tagged(attemptSeconds), secondsBetween(startedAt, end.at)),
        end.outcome === "stalled" ? Metric.increment(Metric.tagged(stalls, "jobType", jobType)) : Effect.void
      ])
    }
  })

const countEvent = (event: NewEvent): Effect.Effect<void> =>
  Effect.zipRight(
    Metric.increment(Metric.tagged(eventsWritten, "type", event.type)),
    event.type === "job.accepted" ? Metric.increment(Metric.tagged(claims, "jobType", event.data.type)) : Effect.void
  )

const countPlayable = ({ events, videos }: Changes): Effect.Effect<void> =>
  events.some(({ type }) => type === "video.playable")
    ? Effect.forEach(
        videos,
        ({ after }) => Metric.update(playableSeconds, secondsBetween(after.createdAt, after.updatedAt)),
        { discard: true }
      )
    : Effect.void

/** Counts what a write changed, in Effect's metrics. Labels hold types and outcomes, never ids. */
export const countChanges: Observer = (changes) =>
  Effect.all(
    [
      Effect.forEach(changes.events, countEvent, { discard: true }),
      Effect.forEach(changes.jobs, countAttempt, { discard: true }),
      countPlayable(changes)
    ],
    { discard: true }
  )

/**
 * Makes the metrics of these job types visible before their first value, so that dashboards show 0 and rates begin with the
 * first event.
 */
export const initialise = (jobTypes: ReadonlyArray<string>): Effect.Effect<void> => {
  const ofType = (jobType: string) => [
    Metric.value(Metric.tagged(claims, "jobType", jobType)),
    Metric.value(Metric.tagged(stalls, "jobType", jobType)),
    Metric.value(attemptSeconds.pipe(Metric.tagged("jobType", jobType), Metric.tagged("outcome", "completed"))),
    ...AttemptOutcome.literals.map((outcome) =>
      Metric.value(attempts.pipe(Metric.tagged("jobType", jobType), Metric.tagged("outcome", outcome)))
    )
  ]
  const ofEvents = eventTypes.map((type) => Metric.value(Metric.tagged(eventsWritten, "type", type)))
  return Effect.all([Metric.value(playableSeconds), ...ofEvents, ...jobTypes.flatMap(ofType)], { discard: true })
}
