import { DateTime, Duration, Effect } from "effect"
import { OverviewStore } from "../../ports/OverviewStore.ts"
import type { Watchdog } from "./watchdog.ts"

/** As far back as the longest series, and a bit more. */
const KEPT_DAYS = 8
/** A transaction that ended jobs in an hour may commit a little later. */
const LATE = Duration.minutes(5)

const HOUR = Duration.toMillis("1 hour")

/** Counts the ended jobs of past hours once. */
export const makeKeepEndedHours: Effect.Effect<Watchdog, never, OverviewStore> = Effect.map(
  OverviewStore,
  ({ keepHours }) =>
    Effect.flatMap(DateTime.now, (now) => {
      const past = DateTime.toEpochMillis(DateTime.subtractDuration(now, LATE))
      const before = DateTime.unsafeMake(past - (past % HOUR))
      return keepHours({ since: DateTime.subtract(before, { days: KEPT_DAYS }), before })
    })
)
