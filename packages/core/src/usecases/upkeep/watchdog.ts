import { Data, DateTime, Effect } from "effect"
import type { Guard } from "../engine/advance.ts"

/** One part of upkeep. Several processes may run it at the same time: of what all of them notice, one acts. */
export type Watchdog = Effect.Effect<void, { readonly _tag: string }>

/** The job has reported since it was listed, or has left the state in which it was listed. */
export class StillAlive extends Data.TaggedError("StillAlive") {}

/** Permits an event only while the job is still as silent as when it was listed. */
export const stillSilent =
  (state: "Processing" | "Completing", since: DateTime.Utc): Guard<StillAlive> =>
  (job) =>
    job.state === state && DateTime.lessThan(job.updatedAt, since) ? Effect.void : new StillAlive()

/** Acts on each item. A failure is logged and does not affect the other items. */
export const each = <A>(
  items: ReadonlyArray<A>,
  act: (item: A) => Effect.Effect<void, { readonly _tag: string }>
): Effect.Effect<void> =>
  Effect.forEach(
    items,
    (item) =>
      Effect.catchAllCause(act(item), (cause) => Effect.logWarning("Upkeep failed and will be tried again", cause)),
    { discard: true }
  )
