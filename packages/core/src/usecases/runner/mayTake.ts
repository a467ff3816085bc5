import { type DateTime, Effect } from "effect"
import type { Runner } from "../../domain/runner/Runner.ts"
import { standingOf } from "../../domain/runner/RunnerHealth.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"

/** Whether the runner may take any job now. After a quarantine it may have one. */
export type MayTake = (runner: Runner, now: DateTime.Utc) => Effect.Effect<boolean, PersistenceError>

/** The check over the ports. It reads nothing unless the runner was in quarantine. */
export const makeMayTake: Effect.Effect<MayTake, never, RunnerStore> = Effect.map(
  RunnerStore,
  (store) => (runner, now) => {
    const standing = standingOf(runner.health, now)
    if (runner.state !== "active" || standing === "quarantined") return Effect.succeed(false)
    if (standing === "free") return Effect.succeed(true)
    return Effect.map(store.workloads([runner.id]), ([workload]) => workload?.processing === 0)
  }
)
