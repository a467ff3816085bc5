import { expect, it } from "@effect/vitest"
import { Effect, Layer, Ref, TestClock } from "effect"
import * as ConnectorConfig from "../../src/config/ConnectorConfig.ts"
import * as Upkeep from "../../src/usecases/upkeep/Upkeep.ts"

it.scoped("rounds of upkeep run only while it is the turn of this process, reminders always", () =>
  Effect.gen(function* () {
    const [rounds, reminders, turn] = [yield* Ref.make(0), yield* Ref.make(0), yield* Ref.make(false)]
    const counted = Layer.succeed(Upkeep.Upkeep, {
      round: Ref.update(rounds, (count) => count + 1),
      remind: Ref.update(reminders, (count) => count + 1),
      presence: Effect.void
    })
    yield* Layer.build(Upkeep.layerLoopWhen(Ref.get(turn))).pipe(Effect.provide(counted))
    yield* TestClock.adjust("30 seconds")
    expect(yield* Ref.get(rounds)).toBe(0)
    expect(yield* Ref.get(reminders)).toBe(31)
    yield* Ref.set(turn, true)
    yield* TestClock.adjust("30 seconds")
    expect(yield* Ref.get(rounds)).toBe(3)
    yield* Ref.set(turn, false)
    yield* TestClock.adjust("30 seconds")
    expect(yield* Ref.get(rounds)).toBe(3)
  }).pipe(Effect.provide(ConnectorConfig.layer({ publicUrl: new URL("http://127.0.0.1:9000") })))
)
