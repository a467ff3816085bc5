import { Context, type Effect, type Option } from "effect"
import type { RunnerId } from "../domain/Ids.ts"
import type { Runner } from "../domain/runner/Runner.ts"
import type { PersistenceError } from "./PersistenceError.ts"
import type { RunnerNameTaken } from "./RunnerStore.ts"

/** Changes what decides which jobs a runner gets, and lists the labels. */
export class FleetStore extends Context.Tag("@runner-connector/core/FleetStore")<
  FleetStore,
  {
    /**
     * Reads the runner, applies the function and writes the result, with the events of the change. Concurrent changes of
     * one runner happen one after another. The number, the token and the registration never change. None when there is no
     * such runner.
     */
    readonly change: (
      id: RunnerId,
      decide: (runner: Runner) => Runner
    ) => Effect.Effect<Option.Option<Runner>, RunnerNameTaken | PersistenceError>
    /** Every label of the registered runners once, in alphabetical order. */
    readonly labels: Effect.Effect<ReadonlyArray<string>, PersistenceError>
  }
>() {}
