import { assert } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { FleetStore, Ids, type Runner, RunnerStore } from "@runner-connector/core"
import { Array as Arr, Effect, Option } from "effect"
import { aRegisteredRunner } from "../fixtures.ts"
import { assertOneWinner, assertPersistenceError, assertRunners, later, race, type StoreCases } from "../stores.ts"

const change = (id: Ids.RunnerId, decide: (runner: Runner.Runner) => Runner.Runner) =>
  Effect.flatMap(FleetStore.FleetStore, (fleet) => fleet.change(id, decide))

/** Contract of the changes of runners. */
export const changeCases: StoreCases = (it) => {
  it.effect("stores a change, and never the number, the token or the registration", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const [before, other] = [yield* aRegisteredRunner(), yield* aRegisteredRunner()]
      const settings = { name: `new ${crypto.randomUUID()}`, labels: ["fast", "gpu"], state: "draining" as const }
      const changed = yield* change(before.id, (runner) => ({
        ...{ ...runner, ...settings, updatedAt: later(7) },
        ...{ id: other.id, tokenHash: other.tokenHash, createdAt: later(9) },
        registrationTokenId: other.registrationTokenId
      }))
      const after = { ...before, ...settings, updatedAt: later(7) }
      assertRunners(Option.toArray(changed), [after])
      assertRunners(yield* store.findByIds([before.id]), [after])
      assertRunners(yield* store.findByIds([other.id]), [other])
      assertNone(yield* change(Ids.RunnerId.make(2_000_000_000), (runner) => runner))
    })
  )

  it.effect("lists every label of a runner once, in order", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const [one, two] = [yield* aRegisteredRunner(), yield* aRegisteredRunner()]
      const mark = crypto.randomUUID()
      const { labels } = yield* FleetStore.FleetStore
      const own = Effect.map(labels, (labels) => labels.filter((label) => label.endsWith(mark)))
      const [gpu, fast, site] = [`gpu-${mark}`, `fast-${mark}`, `site.9_${mark}`]
      yield* change(one.id, (runner) => ({ ...runner, labels: [fast, gpu] }))
      yield* change(two.id, (runner) => ({ ...runner, labels: [gpu, site] }))
      deepStrictEqual(yield* own, [fast, gpu, site])
      yield* store.remove(two.id)
      deepStrictEqual(yield* own, [fast, gpu])
    })
  )

  it.effect("loses none of many concurrent changes", () =>
    Effect.gen(function* () {
      const { id } = yield* aRegisteredRunner()
      const add = (label: string) =>
        Effect.asVoid(change(id, (runner) => ({ ...runner, labels: [...runner.labels, label] })))
      const labels = Arr.makeBy(12, String)
      deepStrictEqual(new Set(yield* race(labels.map(add))), new Set(["ok"]))
      const [runner] = yield* (yield* RunnerStore.RunnerStore).findByIds([id])
      deepStrictEqual(new Set(runner?.labels), new Set(labels))
    })
  )

  it.effect("rejects the name of another runner, also at the same moment, and text that cannot be stored", () =>
    Effect.gen(function* () {
      const runners = [yield* aRegisteredRunner(), yield* aRegisteredRunner(), yield* aRegisteredRunner()]
      const name = `wanted ${crypto.randomUUID()}`
      const rename = (id: Ids.RunnerId, to: string) => Effect.asVoid(change(id, (runner) => ({ ...runner, name: to })))
      assertOneWinner(yield* race(runners.map(({ id }) => rename(id, name))), "RunnerNameTaken")
      const free = yield* aRegisteredRunner()
      const taken = yield* Effect.flip(rename(free.id, name))
      assert.instanceOf(taken, RunnerStore.RunnerNameTaken)
      yield* assertPersistenceError(rename(free.id, "a\0b"))
    })
  )
}
