import { Deferred, Effect, type Fiber } from "effect"
import { until } from "../../src/testing/eventually.ts"
import { beginOnce } from "./beginning.ts"
import { assertConsistent } from "./invariants.ts"
import { type Around, type Process, startProcess } from "./Process.ts"
import { asTimeGoesBy, turn } from "./time.ts"
import type { World } from "./World.ts"

export type Place = "before" | "after"

/** Holds a server still, from the given place of its k-th call on, until it is let go. */
interface Frozen {
  readonly around: Around
  readonly calls: ReadonlyArray<string>
  readonly isReached: () => boolean
  readonly letGo: Effect.Effect<void>
}

const freezeAt = (k: number, place: Place): Effect.Effect<Frozen> =>
  Effect.map(Deferred.make<void>(), (open) => {
    const calls: Array<string> = []
    let isReached = false
    const wait = Effect.suspend(() => {
      isReached = true
      return Deferred.await(open)
    })
    const around: Around = (call, effect) =>
      Effect.suspend(() => {
        calls.push(call)
        if (calls.length < k) return effect
        return calls.length === k && place === "after" ? Effect.zipLeft(effect, wait) : Effect.zipRight(wait, effect)
      })
    return {
      around,
      calls,
      isReached: () => isReached,
      letGo: Effect.asVoid(Deferred.succeed(open, undefined))
    }
  })

/** What happens to a server that was held still in the middle of something. */
export interface Interruption<A> {
  /** Happens once; each time goes on from there. */
  readonly given: (server: Process) => Effect.Effect<A>
  /** What of it cannot be shared, made anew in the world of each time. */
  readonly anew?: (given: A, world: World) => A
  readonly when: (server: Process, given: A) => Effect.Effect<unknown, unknown>
  /** May itself have to wait until the server is let go. */
  readonly meanwhile: (scene: {
    readonly server: Process
    readonly other: Process
    readonly given: A
    readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  }) => Effect.Effect<unknown, unknown>
  readonly afterwards: (other: Process, given: A) => Effect.Effect<void>
}

/** Turns within which everything that computes no hash goes as far as it can. */
const TURNS = 100

const goFar = (isDone: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let turns = 0; turns < TURNS && !isDone(); turns++) yield* turn
  })

/** Holds the server still before and after its first call, its second, and so on; how many places there were. */
export const interleave = <A>(interruption: Interruption<A>): Effect.Effect<number> =>
  Effect.gen(function* () {
    const beginning = yield* beginOnce(interruption.given)
    let points = 0
    for (let k = 1; ; k++) {
      for (const place of ["before", "after"] as const) {
        const world = yield* beginning.again
        const frozen = yield* freezeAt(k, place)
        const server = yield* startProcess(world, { around: frozen.around })
        const given = interruption.anew?.(beginning.given, world) ?? beginning.given
        const fiber = yield* Effect.forkDaemon(interruption.when(server, given))
        yield* until("the call was reached", () => frozen.isReached() || fiber.unsafePoll() !== null)
        if (!frozen.isReached()) return points
        points += 1
        const where = `held still ${place} call ${k}, ${frozen.calls[k - 1]}`
        yield* Effect.gen(function* () {
          const other = yield* startProcess(world)
          const meanwhile = yield* Effect.forkDaemon(interruption.meanwhile({ server, other, given, fiber }))
          yield* goFar(() => meanwhile.unsafePoll() !== null)
          yield* assertConsistent(world)
          yield* frozen.letGo
          yield* asTimeGoesBy(Effect.zipRight(fiber.await, meanwhile.await))
          yield* assertConsistent(world)
          yield* interruption.afterwards(other, given)
        }).pipe(
          Effect.catchAllDefect((defect) => Effect.die(new Error(`${where}: ${String(defect)}`, { cause: defect })))
        )
      }
    }
  })
