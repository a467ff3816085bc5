import { Array as Arr, DateTime, Duration, Effect, Equivalence, Option } from "effect"
import { ConnectorConfig } from "../../config/ConnectorConfig.ts"
import type { Runner } from "../../domain/runner/Runner.ts"
import { RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"

/** The facts about a runner that come with its request. */
export interface Caller {
  readonly ip: Option.Option<string>
  readonly version: Option.Option<string>
  /** See `Contact`. */
  readonly jobTypes?: Option.Option<ReadonlyArray<string>>
}

/** The stored facts of a runner that a contact may change. */
type KnownRunner = Pick<Runner, "id" | "version" | "jobTypes" | "lastContact">

/**
 * Records that the runner sent a request, at most once per `contactInterval` unless its version or its job types
 * changed. Never fails, because the request may have changed something already.
 */
export type NoteContact = (runner: KnownRunner, caller: Caller, at: DateTime.Utc) => Effect.Effect<void>

const sameTypes = Option.getEquivalence(Arr.getEquivalence(Equivalence.string))

/** True when the request carries a version or job types that are not stored yet. */
const bringsNews = (runner: KnownRunner, { jobTypes, version }: Caller): boolean =>
  (Option.isSome(version) && !Option.contains(runner.version, version.value)) ||
  (jobTypes !== undefined && !sameTypes(jobTypes, runner.jobTypes))

/** Contacts over the ports. */
export const makeNoteContact: Effect.Effect<NoteContact, never, RunnerStore | ConnectorConfig> = Effect.gen(
  function* () {
    const store = yield* RunnerStore
    const { contactInterval } = yield* ConnectorConfig
    return spanned("Runners.noteContact")((runner: KnownRunner, caller: Caller, at: DateTime.Utc) => {
      const silent = DateTime.distanceDuration(runner.lastContact, at)
      if (Duration.lessThan(silent, contactInterval) && !bringsNews(runner, caller)) return Effect.void
      return Effect.ignoreLogged(store.touch(runner.id, { at, ...caller }))
    })
  }
)
