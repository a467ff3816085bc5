import { Deferred, Effect, type Fiber } from "effect"
import { until } from "../../src/testing/eventually.ts"
import { beginOnce } from "./beginning.ts"
import { assertConsistent } from "./invariants.ts"
import { type Around, type Process, startProcess } from "./Process.ts"
import { asTimeGoesBy, turn } from "./time.ts"
import type { World } from "./World.ts"

export type Place = "before" | "after"

/** Stops a server at the given place of its k-th call, until it is released. */
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

/** The events during such a stop. */
export interface Interruption<A> {
  /** Runs once. Each run starts from the state after it. */
  readonly given: (server: Process) => Effect.Effect<A>
  /** The parts that cannot be shared. They are made anew in the world of each run. */
  readonly anew?: (given: A, world: World) => A
  readonly when: (server: Process, given: A) => Effect.Effect<unknown, unknown>
  /** May have to wait until the server is released. */
  readonly meanwhile: (scene: {
    readonly server: Process
    readonly other: Process
    readonly given: A
    readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  }) => Effect.Effect<unknown, unknown>
  readonly afterwards: (other: Process, given: A) => Effect.Effect<void>
}

/** Enough turns for everything that computes no hash. */
const TURNS = 100

const goFar = (isDone: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let turns = 0; turns < TURNS && !isDone(); turns++) yield* turn
  })

/** Stops the server before and after its first call, its second, and so on. Returns the number of places. */
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
