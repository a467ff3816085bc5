import { Effect, Option } from "effect"
import type { RegistrationTokenId, RunnerId } from "../../domain/Ids.ts"
import type { PersistenceError } from "../../ports/PersistenceError.ts"
import { RunnerNotifier } from "../../ports/RunnerNotifier.ts"
import { type Removed, RunnerStore } from "../../ports/RunnerStore.ts"
import { spanned } from "../../ports/Spans.ts"
import { AfterCommit } from "../engine/AfterCommit.ts"
import type { MovingJobs } from "../engine/advance.ts"
import type { VideoFinalizer } from "../engine/VideoFinalizer.ts"
import { makeReleaseJobs } from "./releaseJobs.ts"

/** Removes runners and releases their jobs at once. Returns false when the id is unknown. */
export interface RunnerRemoval {
  /** `ping` as in `RunnerNotifier.runnerRemoved`. */
  readonly remove: (id: RunnerId, ping: boolean) => Effect.Effect<boolean, PersistenceError>
  /** Removes the token, and every runner that was registered with it. */
  readonly removeRegistrationToken: (id: RegistrationTokenId) => Effect.Effect<boolean, PersistenceError>
}

/** Removal of runners over the ports. */
export const makeRunnerRemoval: Effect.Effect<RunnerRemoval, never, MovingJobs | RunnerStore | VideoFinalizer> =
  Effect.gen(function* () {
    const store = yield* RunnerStore
    const notifier = yield* RunnerNotifier
    const afterCommit = yield* AfterCommit
    const release = yield* makeReleaseJobs

    const follow = ({ jobs, runners }: Removed, ping: boolean) =>
      Effect.zipRight(
        Effect.forEach(runners, (id) => notifier.runnerRemoved(id, { ping }), { discard: true }),
        release(jobs)
      )

    /** When the answer of the database was lost, the jobs are unknown, and upkeep releases them. */
    const run = (
      write: Effect.Effect<Option.Option<Removed>, PersistenceError>,
      isGone: Effect.Effect<boolean, PersistenceError>,
      { ping, runners }: { readonly runners: ReadonlyArray<RunnerId>; readonly ping: boolean }
    ) =>
      afterCommit.run({
        write,
        written: Effect.map(isGone, (is) => (is ? Option.some(Option.some({ runners, jobs: [] })) : Option.none())),
        effects: Option.match({ onNone: () => Effect.void, onSome: (gone) => follow(gone, ping) })
      })

    return {
      remove: spanned("Runners.remove")(function* (id, ping) {
        const isGone = Effect.map(store.findByIds([id]), (left) => left.length === 0)
        return Option.isSome(yield* run(store.remove(id), isGone, { runners: [id], ping }))
      }),
      removeRegistrationToken: spanned("Runners.removeRegistrationToken")(function* (id) {
        const runners = yield* store.registrationTokens.runnersOf(id)
        if (Option.isNone(runners)) return false
        const isGone = Effect.map(store.registrationTokens.runnersOf(id), Option.isNone)
        const removal = run(store.registrationTokens.remove(id), isGone, { runners: runners.value, ping: true })
        return Option.isSome(yield* removal)
      })
    }
  })
