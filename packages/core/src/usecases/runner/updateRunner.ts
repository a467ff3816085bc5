import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { RunnerId } from "../../domain/Ids.ts"
import { type RunnerSettings, withSettings } from "../../domain/runner/RunnerSettings.ts"
import { FleetStore } from "../../ports/FleetStore.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import type { RunnerNameTaken, RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { type ListedRunner, makeWithWorkload } from "./listRunners.ts"

/** Changes the name, the labels or the state of a runner. Its jobs in hand continue. None when there is no such runner. */
export type UpdateRunner = (
  id: RunnerId,
  settings: RunnerSettings
) => Effect.Effect<Option.Option<ListedRunner>, RunnerNameTaken | PersistenceError>

/** The change over the ports. */
export const makeUpdateRunner: Effect.Effect<UpdateRunner, never, FleetStore | RunnerNotifier | RunnerStore> =
  Effect.gen(function* () {
    const fleet = yield* FleetStore
    const notifier = yield* RunnerNotifier
    const withWorkload = yield* makeWithWorkload
    return spanned("Runners.update")(function* (id, settings) {
      const now = yield* DateTime.now
      const changed = yield* fleet.change(id, (runner) => withSettings(runner, settings, now))
      // There may be work for it from now on.
      if (Option.exists(changed, ({ state }) => state === "active")) yield* notifier.recall(id)
      return Arr.head(yield* withWorkload(Option.toArray(changed)))
    })
  })
