import { type Cause, Context, Effect, Layer, Schedule } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { makeRemoveAbandonedUploads } from "./abandonedUploads.ts"
import { makeLiftAvoidance } from "./avoidedJobs.ts"
import { makeKeepEndedHours } from "./endedHours.ts"
import { makeRemoveFinishedJobs } from "./finishedJobs.ts"
import { makeReleaseHungWork } from "./hungWork.ts"
import { makeRemoveOldEvents } from "./oldEvents.ts"
import { makeReleaseOrphanedCompletions } from "./orphanedCompletions.ts"
import { makeRemovePendingDeletions } from "./pendingDeletions.ts"
import { makeReportPresence } from "./presence.ts"
import { makeReleaseStalledLeases } from "./stalledLeases.ts"
import { makeFinalizeVideos } from "./unfinishedVideos.ts"
import { makeRemindRunners } from "./waitingJobs.ts"
import type { Watchdog } from "./watchdog.ts"

/** Recovers work abandoned by dead runners and servers. Every process may run it. */
export class Upkeep extends Context.Tag("@runner-connector/core/Upkeep")<
  Upkeep,
  {
    /** Runs every watchdog once. A failure of one is logged and does not affect the others. */
    readonly round: Effect.Effect<void>
    /** Reminds idle runners of available jobs. A failure is left to the next round. */
    readonly remind: Effect.Effect<void>
    /** Reports the runners that are connected to this process. A failure is left to the next call. */
    readonly presence: Effect.Effect<void>
  }
>() {}

/** The watchdogs, by the name under which the log mentions them. The waiting jobs come last, because others release jobs. */
const watchdogs = {
  "stalled leases": makeReleaseStalledLeases,
  "hung work": makeReleaseHungWork,
  "orphaned completions": makeReleaseOrphanedCompletions,
  "unfinished videos": makeFinalizeVideos,
  "pending deletions": makeRemovePendingDeletions,
  "abandoned uploads": makeRemoveAbandonedUploads,
  "old events": makeRemoveOldEvents,
  // Before the jobs are removed.
  "ended hours": makeKeepEndedHours,
  "finished jobs": makeRemoveFinishedJobs,
  "avoided runners": makeLiftAvoidance,
  "waiting jobs": makeRemindRunners({ onlyIdle: false })
}

type Requirements =
  | Effect.Effect.Context<(typeof watchdogs)[keyof typeof watchdogs]>
  | Effect.Effect.Context<typeof makeReportPresence>

const make: Effect.Effect<Upkeep["Type"], never, Requirements> = Effect.gen(function* () {
  const parts: Record<string, Watchdog> = yield* Effect.all(watchdogs)
  const remind = yield* makeRemindRunners({ onlyIdle: true })
  const presence = yield* makeReportPresence
  const logged = (part: string) => (cause: Cause.Cause<unknown>) =>
    Effect.logWarning(`Upkeep of ${part} failed and will be tried again`, cause)

  return Upkeep.of({
    round: Effect.forEach(Object.entries(parts), ([name, part]) => Effect.catchAllCause(part, logged(name)), {
      discard: true
    }).pipe(Effect.withSpan("Upkeep.round")),
    remind: Effect.catchAllCause(remind, (cause) =>
      Effect.logDebug("Runners could not be reminded of available jobs", cause)
    ),
    presence: Effect.catchAllCause(presence, (cause) =>
      Effect.logDebug("The connected runners could not be reported", cause)
    )
  })
})

/** Pause between two reminders of runners, and between two looks at the connected runners. */
const INTERVAL = "1 second"

/** Rounds of upkeep on demand; nothing runs by itself. */
export const layer: Layer.Layer<Upkeep, never, Requirements> = Layer.effect(Upkeep, make)

/**
 * Runs a round at once and then every `upkeepInterval`. Every second it reminds idle runners and looks at the connected
 * ones. Ends with the layer.
 * `when` decides before each round whether this process runs it, for processes that take turns. Reminders and reports of
 * connected runners are not affected, because each process cares for the runners that are connected to it.
 */
export const layerLoopWhen = (when: Effect.Effect<boolean>): Layer.Layer<never, never, Upkeep | ConnectorConfig> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { presence, remind, round } = yield* Upkeep
      const { upkeepInterval } = yield* ConnectorConfig
      yield* Effect.forkScoped(Effect.repeat(Effect.whenEffect(round, when), Schedule.spaced(upkeepInterval)))
      yield* Effect.forkScoped(Effect.repeat(remind, Schedule.spaced(INTERVAL)))
      yield* Effect.forkScoped(Effect.repeat(presence, Schedule.spaced(INTERVAL)))
    })
  )

/** `layerLoopWhen` for a process that always runs upkeep. */
export const layerLoop: Layer.Layer<never, never, Upkeep | ConnectorConfig> = layerLoopWhen(Effect.succeed(true))
