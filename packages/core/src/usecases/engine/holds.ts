import { DateTime, Duration } from "effect"
import type { RunnerId } from "../../domain/Ids.ts"

/** How long a first job is shown to no other runner when runners accept at once. */
const LEAST = Duration.toMillis("2 seconds")

/** The same however long the accepts take, so that a runner that never accepts does not hide a job for long. */
const MOST = Duration.toMillis("10 seconds")

/** A hold is so many times as long as the slowest accept, because the next accepts may be even slower. */
const MARGIN = 3

/** So long the slowest accept counts. */
const REMEMBERED = Duration.toMillis("10 seconds")

/** The most runners whose accepts are awaited. */
const MAX_AWAITED = 10_000

/** Decides how long first jobs are kept for their runners: longer while the server is busy and accepts wait for it. */
export interface Holds {
  /** The end of a hold that begins now. */
  readonly until: (now: DateTime.Utc) => DateTime.Utc
  /** The runner was shown a job. */
  readonly shown: (runner: RunnerId, now: DateTime.Utc) => void
  /** The runner accepts. */
  readonly accepts: (runner: RunnerId, now: DateTime.Utc) => void
}

/** Holds of one process, from the accepts that reach it. */
export const makeHolds = (): Holds => {
  const awaited = new Map<RunnerId, number>()
  let slowest = { took: 0, at: 0 }
  return {
    until: (now) => {
      const isRecent = now.epochMillis - slowest.at < REMEMBERED
      const wanted = isRecent ? MARGIN * slowest.took : LEAST
      return DateTime.add(now, { millis: Math.min(MOST, Math.max(LEAST, wanted)) })
    },
    shown: (runner, now) => {
      awaited.delete(runner)
      awaited.set(runner, now.epochMillis)
      const [longest] = awaited.keys()
      if (awaited.size > MAX_AWAITED && longest !== undefined) awaited.delete(longest)
    },
    accepts: (runner, now) => {
      const since = awaited.get(runner)
      if (since === undefined) return
      awaited.delete(runner)
      const [at, took] = [now.epochMillis, now.epochMillis - since]
      if (took >= slowest.took || at - slowest.at >= REMEMBERED) slowest = { took, at }
    }
  }
}
