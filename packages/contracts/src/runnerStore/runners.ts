import { assert } from "@effect/vitest"
import { assertNone, deepStrictEqual } from "@effect/vitest/utils"
import { Ids, RunnerStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import { aNewRunner, aRegisteredRunner, aRegistrationToken, aTokenHash } from "../fixtures.ts"
import {
  allPages,
  assertOneWinner,
  assertPersistenceError,
  assertRunners,
  difficultText,
  idsOf,
  later,
  race,
  type StoreCases
} from "../stores.ts"

/** Contract of insert, findByToken, findByIds, touch and list. */
export const runnerCases: StoreCases = (it) => {
  it.effect("returns every field as inserted, with a unique id", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { id: registrationTokenId } = yield* aRegistrationToken
      const full = aNewRunner({
        registrationTokenId,
        name: `${difficultText} ${crypto.randomUUID()}`,
        description: Option.some(difficultText),
        version: Option.some("1.2.3-rc.4"),
        jobTypes: Option.some([difficultText, "vod-hls-transcoding"]),
        ip: Option.some("2001:db8::1"),
        lastContact: DateTime.unsafeMake("2038-01-19T03:14:08.001Z"),
        createdAt: DateTime.unsafeMake("1999-12-31T23:59:59.999Z"),
        updatedAt: later(1)
      })
      const bare = aNewRunner({ registrationTokenId })
      const [first, second] = [yield* store.insert(full), yield* store.insert(bare)]
      assert.notStrictEqual(first.id, second.id)
      assertRunners(
        [first, second],
        [
          { ...full, id: first.id },
          { ...bare, id: second.id }
        ]
      )
      assertRunners(Option.toArray(yield* store.findByToken(full.tokenHash)), [first])
      assertRunners(Option.toArray(yield* store.findByToken(bare.tokenHash)), [second])
    })
  )

  it.effect("finds no runner for an unknown token", () =>
    Effect.gen(function* () {
      assertNone(yield* (yield* RunnerStore.RunnerStore).findByToken(aTokenHash()))
    })
  )

  it.effect("rejects a taken name, and only that name", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const first = yield* aRegisteredRunner({ name: `Name ${crypto.randomUUID()}` })
      const { registrationTokenId } = first
      const error = yield* Effect.flip(store.insert(aNewRunner({ name: first.name, registrationTokenId })))
      assert.instanceOf(error, RunnerStore.RunnerNameTaken)
      assert.strictEqual(error.name, first.name)
      for (const name of [first.name.toUpperCase(), `${first.name} `]) yield* aRegisteredRunner({ name })
    })
  )

  it.effect("registers one of many concurrent runners with the same name", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const name = `wanted ${crypto.randomUUID()}`
      const { id: registrationTokenId } = yield* aRegistrationToken
      const outcomes = yield* race(Arr.makeBy(20, () => store.insert(aNewRunner({ name, registrationTokenId }))))
      assertOneWinner(outcomes, "RunnerNameTaken")
    })
  )

  it.effect("rejects a token of another runner, and an unknown registration token", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { registrationTokenId, tokenHash } = yield* aRegisteredRunner()
      yield* assertPersistenceError(store.insert(aNewRunner({ registrationTokenId, tokenHash })))
      const unknown = Ids.RegistrationTokenId.make(2_000_000_000)
      const refused = yield* Effect.flip(store.insert(aNewRunner({ registrationTokenId: unknown })))
      assert.instanceOf(refused, RunnerStore.RegistrationTokenGone)
    })
  )

  it.effect("rejects text with a NUL character with a typed error, and keeps working", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runner = yield* aRegisteredRunner()
      const { registrationTokenId } = runner
      yield* assertPersistenceError(store.insert(aNewRunner({ registrationTokenId, name: "a\0b" })))
      const contact = { at: later(1), ip: Option.some("\0"), version: Option.none() }
      yield* assertPersistenceError(store.touch(runner.id, contact))
      assertRunners(yield* store.findByIds([runner.id]), [runner])
    })
  )

  it.effect("finds the existing runners among the given ids", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const [one, two] = [yield* aRegisteredRunner(), yield* aRegisteredRunner()]
      const found = yield* store.findByIds([two.id, Ids.RunnerId.make(2_000_000_000), one.id, two.id])
      deepStrictEqual([...idsOf(found)].sort(), [one.id, two.id].sort())
      assertRunners(yield* store.findByIds([one.id]), [one])
      assertRunners(yield* store.findByIds([]), [])
    })
  )

  it.effect("records the time and IP address of a contact, and the version if given", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runner = yield* aRegisteredRunner({ description: Option.some("in the cellar") })
      const bystander = yield* aRegisteredRunner()
      yield* store.touch(runner.id, { at: later(5), ip: Option.some("192.0.2.7"), version: Option.some("1.2.3") })
      const seen = { ...runner, lastContact: later(5), updatedAt: later(5), ip: Option.some("192.0.2.7") }
      assertRunners(yield* store.findByIds([runner.id]), [{ ...seen, version: Option.some("1.2.3") }])
      yield* store.touch(runner.id, { at: later(9), ip: Option.none(), version: Option.none() })
      assertRunners(yield* store.findByIds([runner.id]), [
        { ...runner, lastContact: later(9), updatedAt: later(9), ip: Option.none(), version: Option.some("1.2.3") }
      ])
      assertRunners(yield* store.findByIds([bystander.id]), [bystander])
    })
  )

  it.effect("stores the job types of the last request until the next request changes them", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const runner = yield* aRegisteredRunner()
      const contact = { at: later(1), ip: Option.none(), version: Option.none() }
      const after = (jobTypes: RunnerStore.Contact["jobTypes"]) =>
        Effect.gen(function* () {
          yield* store.touch(runner.id, jobTypes === undefined ? contact : { ...contact, jobTypes })
          const [now] = yield* store.findByIds([runner.id])
          return now?.jobTypes
        })
      deepStrictEqual(yield* after(Option.some(["b", "a"])), Option.some(["b", "a"]))
      deepStrictEqual(yield* after(undefined), Option.some(["b", "a"]))
      deepStrictEqual(yield* after(Option.some([])), Option.some([]))
      deepStrictEqual(yield* after(Option.none()), Option.none())
    })
  )

  it.effect("ignores a contact of a removed runner", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const contact = { at: later(1), ip: Option.none(), version: Option.none() }
      const id = Ids.RunnerId.make(2_000_000_000)
      yield* store.touch(id, contact)
      deepStrictEqual(yield* store.findByIds([id]), [])
    })
  )

  it.effect("lists the newest first, page by page, with the total", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { total: before } = yield* store.list({ start: 0, count: 0 })
      const added = yield* Effect.forEach(Arr.range(1, 5), () => aRegisteredRunner())
      const pages = yield* allPages(store.list, 2)
      const all = pages.flatMap(({ data }) => data)
      assertRunners(all.slice(0, 5), Arr.reverse(added))
      assert.strictEqual(all.length, before + 5)
      deepStrictEqual(new Set(pages.map(({ total }) => total)), new Set([before + 5]))
      assert.strictEqual(new Set(idsOf(all)).size, before + 5)
    })
  )
}
