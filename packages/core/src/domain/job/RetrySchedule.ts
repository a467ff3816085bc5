import { Duration } from "effect"

/** The backoff after failed attempts. */
export interface RetryPolicy {
  /** Before the second retry. */
  readonly base: Duration.Duration
  /** The factor from one backoff to the next. At least 1. */
  readonly factor: number
  /** The longest backoff. */
  readonly cap: Duration.Duration
}

/** Beyond any cap, and still a finite number. */
const MOST = 1_000_000_000

/** Half a minute, two minutes, eight minutes, then 15 minutes each time. */
export const retryPolicy: RetryPolicy = { base: Duration.seconds(30), factor: 4, cap: Duration.minutes(15) }

/** Retries at once. */
export const noRest: RetryPolicy = { base: Duration.zero, factor: 1, cap: Duration.zero }

/**
 * The backoff of a job with this number of failures. None after the first failure: the cause is usually the runner, and
 * another one is free. Later ones grow up to the cap, so that a job that cannot succeed does not keep runners busy.
 */
export const pauseBefore = (failures: number, policy: RetryPolicy = retryPolicy): Duration.Duration =>
  failures <= 1
    ? Duration.zero
    : Duration.min(Duration.times(policy.base, Math.min(policy.factor ** (failures - 2), MOST)), policy.cap)
