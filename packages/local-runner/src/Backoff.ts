import { Duration, Schedule } from "effect"

const LONGEST = Duration.minutes(1)

/** Pauses that double from the first one up to a minute, each between 80 % and 120 % of its length, without end. */
export const endless = (first: Duration.Duration): Schedule.Schedule<Duration.Duration> =>
  Schedule.exponential(first).pipe(
    Schedule.delayed((pause) => Duration.min(pause, LONGEST)),
    Schedule.jittered
  )

/** The same, a limited number of times. */
export const times = (first: Duration.Duration, count: number): Schedule.Schedule<unknown> =>
  Schedule.intersect(endless(first), Schedule.recurs(count))
