import { DateTime, Duration } from "effect"
import type { RunnerId } from "../Ids.ts"

/** The runners that were connected to a process lately, each with the last moment at which it was. */
export type Sightings = ReadonlyMap<RunnerId, DateTime.Utc>

/** The sightings with the runners that are connected now, and without those that left too long ago. */
export const sight = (
  before: Sightings,
  connected: ReadonlyArray<RunnerId>,
  now: DateTime.Utc,
  offlineAfter: Duration.Duration
): Sightings => {
  const oldest = DateTime.subtractDuration(now, offlineAfter)
  const recent = Array.from(before).filter(([, at]) => DateTime.greaterThanOrEqualTo(at, oldest))
  return new Map([...recent, ...connected.map((id) => [id, now] as const)])
}

/** What a process last reported. */
export interface Reported {
  readonly runners: Sightings
  readonly at: DateTime.Utc
}

/** True for other runners than in the last report, and after a quarter of the time in which a report expires. */
export const isReportDue = (
  last: Reported | undefined,
  runners: Sightings,
  now: DateTime.Utc,
  offlineAfter: Duration.Duration
): boolean => {
  if (last === undefined || last.runners.size !== runners.size) return true
  const pause = Duration.times(offlineAfter, 1 / 4)
  if (DateTime.greaterThanOrEqualTo(now, DateTime.addDuration(last.at, pause))) return true
  return Array.from(runners.keys()).some((id) => !last.runners.has(id))
}
