import { Effect, Option } from "effect"
import type { Runner } from "../../domain/runner/Runner.ts"
import type { Page, PersistenceError } from "../../ports/PersistenceError.ts"
import { type RunnerFilter, RunnerStore, type RunnerWorkload } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"

/** A runner with what it does at the moment. */
export interface ListedRunner extends Runner, Pick<RunnerWorkload, "online" | "onlineSince" | "processing"> {}

/** Lists the registered runners, newest first unless sorted. */
export type ListRunners = (filter: RunnerFilter) => Effect.Effect<Page<ListedRunner>, PersistenceError>

/** Adds what runners do at the moment. Runners that were removed meanwhile do nothing. */
export const makeWithWorkload: Effect.Effect<
  (runners: ReadonlyArray<Runner>) => Effect.Effect<ReadonlyArray<ListedRunner>, PersistenceError>,
  never,
  RunnerStore
> = Effect.map(
  RunnerStore,
  (store) => (runners: ReadonlyArray<Runner>) =>
    Effect.gen(function* () {
      const workloads = yield* store.workloads(runners.map(({ id }) => id))
      const byId = new Map(workloads.map((one) => [one.id, one]))
      return runners.map((runner) => {
        const { online = false, onlineSince = Option.none(), processing = 0 } = byId.get(runner.id) ?? {}
        return { ...runner, online, onlineSince, processing }
      })
    })
)

/** The list over the ports. */
export const makeListRunners: Effect.Effect<ListRunners, never, RunnerStore> = Effect.gen(function* () {
  const store = yield* RunnerStore
  const withWorkload = yield* makeWithWorkload
  return spanned("Runners.list")(function* (filter) {
    const { data, total } = yield* store.list(filter)
    return { total, data: yield* withWorkload(data) }
  })
})
