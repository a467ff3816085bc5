import { type Cause, Context, Effect, Layer, Schedule } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { makeRemoveAbandonedUploads } from "./abandonedUploads.ts"
import { makeRemoveFinishedJobs } from "./finishedJobs.ts"
import { makeReleaseHungWork } from "./hungWork.ts"
import { makeRemoveOldEvents } from "./oldEvents.ts"
import { makeReleaseOrphanedCompletions } from "./orphanedCompletions.ts"
import { makeRemovePendingDeletions } from "./pendingDeletions.ts"
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
  "finished jobs": makeRemoveFinishedJobs,
  "waiting jobs": makeRemindRunners({ onlyIdle: false })
}

type Requirements = Effect.Effect.Context<(typeof watchdogs)[keyof typeof watchdogs]>

const make: Effect.Effect<Upkeep["Type"], never, Requirements> = Effect.gen(function* () {
  const parts: Record<string, Watchdog> = yield* Effect.all(watchdogs)
  const remind = yield* makeRemindRunners({ onlyIdle: true })
  const logged = (part: string) => (cause: Cause.Cause<unknown>) =>
    Effect.logWarning(`Upkeep of ${part} failed and will be tried again`, cause)

  return Upkeep.of({
    round: Effect.forEach(Object.entries(parts), ([name, part]) => Effect.catchAllCause(part, logged(name)), {
      discard: true
    }).pipe(Effect.withSpan("Upkeep.round")),
    remind: Effect.catchAllCause(remind, (cause) =>
      Effect.logDebug("Runners could not be reminded of available jobs", cause)
    )
  })
})

/** Pause between two reminders of runners, between the rounds. */
const REMINDER_INTERVAL = "1 second"

/** Rounds of upkeep on demand; nothing runs by itself. */
export const layer: Layer.Layer<Upkeep, never, Requirements> = Layer.effect(Upkeep, make)

/**
 * Runs a round at once and then every `upkeepInterval`, and reminds idle runners every second, until the layer ends.
 * `when` decides before each round whether this process runs it, for processes that take turns. Reminders are not
 * affected, because each process reminds the runners that are connected to it.
 */
export const layerLoopWhen = (when: Effect.Effect<boolean>): Layer.Layer<never, never, Upkeep | ConnectorConfig> =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const { remind, round } = yield* Upkeep
      const { upkeepInterval } = yield* ConnectorConfig
      yield* Effect.forkScoped(Effect.repeat(Effect.whenEffect(round, when), Schedule.spaced(upkeepInterval)))
      yield* Effect.forkScoped(Effect.repeat(remind, Schedule.spaced(REMINDER_INTERVAL)))
    })
  )

/** Runs a round at once and then every `upkeepInterval`, and reminds idle runners every second, until the layer ends. */
export const layerLoop: Layer.Layer<never, never, Upkeep | ConnectorConfig> = layerLoopWhen(Effect.succeed(true))
