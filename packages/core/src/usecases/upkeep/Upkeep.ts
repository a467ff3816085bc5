import { type Cause, Context, Effect, Layer, Schedule } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import { makePingIdleRunners } from "./idleRunners.ts"
import { makeReleaseOrphanedCompletions } from "./orphanedCompletions.ts"
import { makeRemovePendingDeletions } from "./pendingDeletions.ts"
import { makeReleaseStalledLeases } from "./stalledLeases.ts"
import { makeFinalizeVideos } from "./unfinishedVideos.ts"
import type { Watchdog } from "./watchdog.ts"

/** Recovers work abandoned by dead runners and servers. Every process may run it. */
export class Upkeep extends Context.Tag("@runner-connector/core/Upkeep")<
  Upkeep,
  {
    /** Runs every watchdog once. A failure of one is logged and does not affect the others. */
    readonly round: Effect.Effect<void>
    /** Reminds runners of available jobs. A failure is left to the next round. */
    readonly remind: Effect.Effect<void>
  }
>() {}

/** The watchdogs, by the name under which the log mentions them. The idle runners come last: others free jobs. */
const watchdogs = {
  "stalled leases": makeReleaseStalledLeases,
  "orphaned completions": makeReleaseOrphanedCompletions,
  "unfinished videos": makeFinalizeVideos,
  "pending deletions": makeRemovePendingDeletions,
  "idle runners": makePingIdleRunners
}

type Requirements = Effect.Effect.Context<(typeof watchdogs)[keyof typeof watchdogs]>

const make: Effect.Effect<Upkeep["Type"], never, Requirements> = Effect.gen(function* () {
  const all = yield* Effect.all(watchdogs)
  const parts: Record<string, Watchdog> = all
  const logged = (part: string) => (cause: Cause.Cause<unknown>) =>
    Effect.logWarning(`Upkeep of ${part} failed and will be tried again`, cause)

  return Upkeep.of({
    round: Effect.forEach(Object.entries(parts), ([name, part]) => Effect.catchAllCause(part, logged(name)), {
      discard: true
    }).pipe(Effect.withSpan("Upkeep.round")),
    remind: Effect.catchAllCause(all["idle runners"], (cause) =>
      Effect.logDebug("Runners could not be reminded of available jobs", cause)
    )
  })
})

/** Pause between two reminders of runners, between the rounds. */
const REMINDER_INTERVAL = "1 second"

/** Rounds of upkeep on demand; nothing runs by itself. */
export const layer: Layer.Layer<Upkeep, never, Requirements> = Layer.effect(Upkeep, make)

/** Runs a round at once and then every `upkeepInterval`, and reminds runners every second, until the layer ends. */
export const layerLoop: Layer.Layer<never, never, Upkeep | ConnectorConfig> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const { remind, round } = yield* Upkeep
    const { upkeepInterval } = yield* ConnectorConfig
    yield* Effect.forkScoped(Effect.repeat(round, Schedule.spaced(upkeepInterval)))
    yield* Effect.forkScoped(Effect.repeat(remind, Schedule.spaced(REMINDER_INTERVAL)))
  })
)
