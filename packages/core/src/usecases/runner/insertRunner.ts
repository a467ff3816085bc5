import { Effect } from "effect"
import type { NewRunner, Runner } from "../../domain/runner/Runner.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { type RunnerRefused, RunnerStore } from "../../ports/RunnerStore.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"

/** Adds a runner. */
export type InsertRunner = (runner: NewRunner) => Effect.Effect<Runner, RunnerRefused | PersistenceError>

/** The insertion of runners over the ports. */
export const makeInsertRunner: Effect.Effect<InsertRunner, never, RunnerStore | AfterCommit> = Effect.gen(function* () {
  const store = yield* RunnerStore
  const afterCommit = yield* AfterCommit
  return (runner) =>
    afterCommit.run({
      write: store.insert(runner),
      written: store.findByToken(runner.tokenHash),
      effects: () => Effect.void,
      // The caller got an error instead of the token, and the name would stay taken.
      lateEffects: ({ id }) => Effect.ignoreLogged(store.remove(id))
    })
})
