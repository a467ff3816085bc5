import { Clock, Effect, TestClock } from "effect"
import { type Process, startProcess } from "./Process.ts"
import { copyOf, makeWorld, type World } from "./World.ts"

/** The start of all runs of a scenario. */
export interface Beginning<A> {
  readonly given: A
  /** Returns to the start: the original time, and a new world without the changes of earlier runs. */
  readonly again: Effect.Effect<World>
}

/** Runs the given effect once, on a server of its own. */
export const beginOnce = <A>(given: (server: Process) => Effect.Effect<A>): Effect.Effect<Beginning<A>> =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const before = { at: yield* Clock.currentTimeMillis, goBack: yield* TestClock.save() }
    const all = yield* given(yield* startProcess(world))
    // Only that server sleeps now, and it has nothing left to do. Waking it each time would only cost time.
    const stoodStill = (yield* Clock.currentTimeMillis) === before.at
    const goBack = stoodStill ? before.goBack : yield* TestClock.save()
    return { given: all, again: Effect.zipRight(goBack, copyOf(world)) }
  })
