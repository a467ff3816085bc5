import { Array as Arr, DateTime, Duration, Effect, Equivalence, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"

/** The facts about a runner that come with its request. */
export interface Caller {
  readonly ip: Option.Option<string>
  readonly version: Option.Option<string>
  /** See `Contact`. */
  readonly jobTypes?: Option.Option<ReadonlyArray<string>>
}

/**
 * Records that the runner sent a request, at most once per `contactInterval` unless its version or its job types
 * changed. Never fails, because the request may have changed something already.
 */
export type NoteContact = (runner: Runner, caller: Caller) => Effect.Effect<void>

const sameTypes = Option.getEquivalence(Arr.getEquivalence(Equivalence.string))

/** True when the request carries a version or job types that are not stored yet. */
const bringsNews = (runner: Runner, { jobTypes, version }: Caller): boolean =>
  (Option.isSome(version) && !Option.contains(runner.version, version.value)) ||
  (jobTypes !== undefined && !sameTypes(jobTypes, runner.jobTypes))

/** Contacts over the ports. */
export const makeNoteContact: Effect.Effect<NoteContact, never, RunnerStore | ConnectorConfig> = Effect.gen(
  function* () {
    const store = yield* RunnerStore
    const { contactInterval } = yield* ConnectorConfig
    return Effect.fn("Runners.noteContact")(function* (runner: Runner, caller: Caller) {
      const now = yield* DateTime.now
      const silent = DateTime.distanceDuration(runner.lastContact, now)
      if (Duration.lessThan(silent, contactInterval) && !bringsNews(runner, caller)) return
      yield* Effect.ignoreLogged(store.touch(runner.id, { at: now, ...caller }))
    })
  }
)
