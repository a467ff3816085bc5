import { Duration } from "effect"

/** How long a job rests after each failed try. */
export interface RetryPolicy {
  /** Before the second retry. */
  readonly base: Duration.Duration
  /** By how much each rest is longer than the one before; at least 1. */
  readonly factor: number
  /** No rest is longer. */
  readonly cap: Duration.Duration
}

/** Beyond any cap, and still a number that can be multiplied. */
const MOST = 1_000_000_000

/** Half a minute, two minutes, eight, and then a quarter of an hour each time. */
export const retryPolicy: RetryPolicy = { base: Duration.seconds(30), factor: 4, cap: Duration.minutes(15) }

/** Every retry at once. */
export const noRest: RetryPolicy = { base: Duration.zero, factor: 1, cap: Duration.zero }

/**
 * How long a job that has failed so often rests before it may be tried again. Nothing after the first failure: mostly
 * it was the runner, and another one is free. After that each rest is longer than the last one, up to the cap, so that
 * a job that cannot succeed does not keep runners busy.
 */
export const pauseBefore = (failures: number, policy: RetryPolicy = retryPolicy): Duration.Duration =>
  failures <= 1
    ? Duration.zero
    : Duration.min(Duration.times(policy.base, Math.min(policy.factor ** (failures - 2), MOST)), policy.cap)
