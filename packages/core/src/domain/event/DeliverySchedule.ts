import { Duration } from "effect"

/** Pauses after failed deliveries. They add up to about a day. */
const pauses = [
  ...["5 seconds", "30 seconds", "2 minutes", "10 minutes", "30 minutes"],
  ...["1 hour", "2 hours", "4 hours", "8 hours", "8 hours"]
] as ReadonlyArray<Duration.DurationInput>

/** The number of attempts after which a delivery is given up. */
export const maxAttempts: number = pauses.length + 1

/** The pause after this number of failed attempts. Undefined: the delivery is given up. */
export const pauseAfter = (attempts: number): Duration.Duration | undefined => {
  const pause = pauses[attempts - 1]
  return pause === undefined ? undefined : Duration.decode(pause)
}
