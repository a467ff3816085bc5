import { DateTime, Duration, Option } from "effect"
import type { WorkLease } from "../video/Chunking.ts"

/** Whether a server holds the lease and has shown a sign of life. */
export const isHeld = (
  lease: Option.Option<WorkLease>,
  {
    now,
    patience,
    server
  }: { readonly now: DateTime.Utc; readonly patience: Duration.Duration; readonly server: string }
): boolean =>
  Option.exists(
    lease,
    (held) => held.server !== server && Duration.lessThan(DateTime.distanceDuration(held.at, now), patience)
  )
