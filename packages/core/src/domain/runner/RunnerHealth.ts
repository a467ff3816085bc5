import { DateTime, Duration, Option, Schema } from "effect"
import { JobId } from "../Ids.ts"

/** How the last attempts of a runner ended. The encoded side is JSON. */
export const RunnerHealth = Schema.Struct({
  /** Failed attempts in a row. Several failures of one job count once. */
  failures: Schema.Int,
  /** The first of these failures. */
  failingSince: Schema.OptionFromNullOr(Schema.DateTimeUtc),
  lastFailedJob: Schema.OptionFromNullOr(JobId),
  /** The last stored result, to within the interval in which contacts are stored. */
  succeededAt: Schema.OptionFromNullOr(Schema.DateTimeUtc),
  /** Quarantines in a row. After one that is over the runner gets a single trial job. */
  quarantines: Schema.Int,
  quarantine: Schema.OptionFromNullOr(
    Schema.Struct({ since: Schema.DateTimeUtc, until: Schema.DateTimeUtc, reason: Schema.String })
  )
})
export type RunnerHealth = typeof RunnerHealth.Type

/** The health of a new runner. */
export const unknownHealth: RunnerHealth = {
  failures: 0,
  failingSince: Option.none(),
  lastFailedJob: Option.none(),
  succeededAt: Option.none(),
  quarantines: 0,
  quarantine: Option.none()
}

/** When and how long failing runners get no jobs. */
export interface QuarantineRules {
  /** The number of failures in a row that leads to quarantine. 0: never. */
  readonly after: number
  /** The first pause. Each further one is twice as long. */
  readonly pause: Duration.Duration
  /** The longest pause. */
  readonly longest: Duration.Duration
}

/** Five minutes after three failures, up to six hours. */
export const quarantineRules: QuarantineRules = {
  after: 3,
  pause: Duration.minutes(5),
  longest: Duration.hours(6)
}

/** `trial`: the runner may have one job, whose end decides. */
export type Standing = "free" | "quarantined" | "trial"

/** Whether the runner may get jobs, as far as its failures decide. */
export const standingOf = ({ quarantine, quarantines }: RunnerHealth, now: DateTime.Utc): Standing => {
  if (Option.exists(quarantine, ({ until }) => DateTime.lessThan(now, until))) return "quarantined"
  return quarantines > 0 ? "trial" : "free"
}

/** A failure of a runner. */
export interface Failure {
  readonly job: JobId
  readonly message: string
}

/** The longest part of a message that is kept. */
const MAX_REASON = 300

const pauseOf = (quarantines: number, { longest, pause }: QuarantineRules): Duration.Duration =>
  Duration.min(Duration.times(pause, 2 ** Math.min(quarantines, 30)), longest)

/**
 * The health after a failed attempt. The runner is quarantined when it fails job after job, or its trial job, while others
 * succeed. If nobody succeeds, the cause is the server or the sources.
 */
export const afterFailure = (
  health: RunnerHealth,
  { job, message }: Failure,
  context: {
    readonly others: ReadonlyArray<Pick<RunnerHealth, "succeededAt">>
    readonly rules: QuarantineRules
    readonly now: DateTime.Utc
  }
): RunnerHealth => {
  const { now, others, rules } = context
  const isTrial = standingOf(health, now) === "trial"
  if (Option.contains(health.lastFailedJob, job) && !isTrial) return health
  const failures = health.failures + 1
  const since = Option.getOrElse(health.failingSince, () => now)
  const failing = { ...health, failures, failingSince: Option.some(since), lastFailedJob: Option.some(job) }
  const succeeded = others.some(({ succeededAt }) => Option.exists(succeededAt, DateTime.greaterThanOrEqualTo(since)))
  if (rules.after === 0 || !succeeded || (failures < rules.after && !isTrial)) return failing
  const reason = `${failures} jobs failed in a row while other runners succeeded; the last one: ${message}`
  return {
    ...failing,
    quarantines: health.quarantines + 1,
    quarantine: Option.some({
      since: now,
      until: DateTime.addDuration(now, pauseOf(health.quarantines, rules)),
      reason: reason.slice(0, MAX_REASON)
    })
  }
}

/** The health after a stored result. */
export const afterSuccess = (now: DateTime.Utc): RunnerHealth => ({ ...unknownHealth, succeededAt: Option.some(now) })

/** Whether a success changes enough to be stored. */
export const isNewsOfSuccess = (
  { failures, quarantines, succeededAt }: RunnerHealth,
  now: DateTime.Utc,
  interval: Duration.Duration
): boolean =>
  failures > 0 ||
  quarantines > 0 ||
  !Option.exists(succeededAt, (at) => Duration.lessThan(DateTime.distanceDuration(at, now), interval))
