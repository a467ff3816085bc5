import { Clock, Effect, TestClock } from "effect"
import { type Process, startProcess } from "./Process.ts"
import { copyOf, makeWorld, type World } from "./World.ts"

/** Where all runs of a scenario begin. */
export interface Beginning<A> {
  readonly given: A
  /** Goes back there: the time as it was, and a world of its own, whatever the runs before have done. */
  readonly again: Effect.Effect<World>
}

/** What is given happens once, on a server of its own. */
export const beginOnce = <A>(given: (server: Process) => Effect.Effect<A>): Effect.Effect<Beginning<A>> =>
  Effect.gen(function* () {
    const world = yield* makeWorld
    const before = { at: yield* Clock.currentTimeMillis, goBack: yield* TestClock.save() }
    const all = yield* given(yield* startProcess(world))
    // Whoever sleeps by now is that server, which goes on with nothing; to wake it each time would only take time.
    const stoodStill = (yield* Clock.currentTimeMillis) === before.at
    const goBack = stoodStill ? before.goBack : yield* TestClock.save()
    return { given: all, again: Effect.zipRight(goBack, copyOf(world)) }
  })
