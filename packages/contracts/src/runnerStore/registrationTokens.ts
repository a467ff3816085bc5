import { assert } from "@effect/vitest"
import { assertNone, assertSome, deepStrictEqual } from "@effect/vitest/utils"
import { Ids, JobStore, Runner, RunnerStore } from "@runner-connector/core"
import { Array as Arr, DateTime, Effect, Option, Schema } from "effect"
import { aJob, aNewRunner, aRegisteredRunner, aRegistrationToken, aTokenHash } from "../fixtures.ts"
import {
  allPages,
  assertJobs,
  assertPersistenceError,
  difficultText,
  idsOf,
  race,
  type StoreCases,
  storedJob
} from "../stores.ts"

const rowOf = Schema.encodeSync(Runner.RegistrationToken)

/** Contract of registration tokens. */
export const registrationTokenCases: StoreCases = (it) => {
  it.effect("returns a registration token as inserted, with a unique id", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      const at = DateTime.unsafeMake("1999-12-31T23:59:59.999Z")
      const [tokenHash, hint] = [aTokenHash(), difficultText]
      const token = yield* registrationTokens.add({ tokenHash, hint, at })
      const unlimited = { labels: [], expiresAt: Option.none(), maxUses: Option.none(), uses: 0 }
      deepStrictEqual(
        rowOf(token),
        rowOf({ id: token.id, tokenHash, hint, ...unlimited, createdAt: at, updatedAt: at })
      )
      const found = yield* registrationTokens.findByHash(tokenHash)
      assertSome(Option.map(found, rowOf), rowOf(token))
      assert.notStrictEqual((yield* aRegistrationToken).id, token.id)
    })
  )

  it.effect("finds no registration token for an unknown hash", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      assertNone(yield* registrationTokens.findByHash(aTokenHash()))
    })
  )

  it.effect("returns the runners of a registration token, and none for an unknown one", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      const { id } = yield* aRegistrationToken
      assertSome(yield* registrationTokens.runnersOf(id), [])
      const runners = yield* Effect.replicateEffect(aRegisteredRunner({ registrationTokenId: id }), 2)
      yield* aRegisteredRunner()
      assertSome(yield* registrationTokens.runnersOf(id), idsOf(runners))
      yield* registrationTokens.remove(id)
      assertNone(yield* registrationTokens.runnersOf(id))
    })
  )

  it.effect("rejects a duplicate registration token and a NUL character with a typed error", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      const { createdAt: at, tokenHash } = yield* aRegistrationToken
      yield* assertPersistenceError(registrationTokens.add({ tokenHash, hint: "", at }))
      yield* assertPersistenceError(registrationTokens.add({ tokenHash: aTokenHash(), hint: "\0", at }))
    })
  )

  it.effect("lists the newest first, page by page, each with the number of its runners", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      const before = (yield* registrationTokens.list({ start: 0, count: 0 })).total
      const tokens = yield* Effect.forEach(Arr.range(0, 3), (runners) =>
        Effect.gen(function* () {
          const token = yield* aRegistrationToken
          yield* Effect.forEach(Arr.makeBy(runners, String).slice(0, runners), () =>
            aRegisteredRunner({ registrationTokenId: token.id })
          )
          return { ...token, runners, uses: runners }
        })
      )
      const first = yield* registrationTokens.list({ start: 0, count: 1 })
      assert.strictEqual(first.data[0]?.id, tokens[3]?.id)
      const pages = yield* allPages(registrationTokens.list, 2)
      const all = pages.flatMap(({ data }) => data)
      assert.strictEqual(all.length, before + 4)
      deepStrictEqual(new Set(pages.map(({ total }) => total)), new Set([before + 4]))
      deepStrictEqual(
        all.slice(0, 4).map((token) => ({ ...rowOf(token), runners: token.runners })),
        Arr.reverse(tokens).map((token) => ({ ...rowOf(token), runners: token.runners }))
      )
    })
  )

  it.effect("removes a registration token with all its runners, and nothing else", () =>
    Effect.gen(function* () {
      const [store, jobs] = [yield* RunnerStore.RunnerStore, yield* JobStore.JobStore]
      const token = yield* aRegistrationToken
      const [one, two] = [
        yield* aRegisteredRunner({ registrationTokenId: token.id }),
        yield* aRegisteredRunner({ registrationTokenId: token.id })
      ]
      const other = yield* aRegisteredRunner()
      const held = Arr.map([one, two, other] as const, ({ id }) =>
        aJob({ state: "Processing", runnerId: Option.some(id) })
      )
      yield* jobs.insert(held)
      const gone = yield* Effect.flatten(store.registrationTokens.remove(token.id))
      deepStrictEqual([...gone.runners].sort(), [one.id, two.id].sort())
      deepStrictEqual([...gone.jobs].sort(), idsOf(held.slice(0, 2)).toSorted())
      assertNone(yield* store.registrationTokens.remove(token.id))
      assertNone(yield* store.registrationTokens.findByHash(token.tokenHash))
      deepStrictEqual(idsOf(yield* store.findByIds([one.id, two.id, other.id])), [other.id])
      assertJobs(
        yield* Effect.forEach(held, ({ id }) => storedJob(id)),
        held.map((job, i) => (i === 2 ? job : { ...job, runnerId: Option.none(), revision: 1 }))
      )
    })
  )

  it.effect("reports when the registration token to remove does not exist", () =>
    Effect.gen(function* () {
      const { registrationTokens } = yield* RunnerStore.RunnerStore
      assertNone(yield* registrationTokens.remove(Ids.RegistrationTokenId.make(2_000_000_000)))
    })
  )

  it.effect("leaves no runner when a token is removed during registrations with it", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { id: registrationTokenId } = yield* aRegistrationToken
      const runners = Arr.makeBy(20, () => aNewRunner({ registrationTokenId }))
      const registrations = runners.map((runner) => Effect.asVoid(store.insert(runner)))
      const removal = Effect.asVoid(store.registrationTokens.remove(registrationTokenId))
      const outcomes = yield* race([...registrations.slice(0, 10), removal, ...registrations.slice(10)])
      assert.strictEqual(outcomes[10], "ok")
      assert.isTrue(outcomes.every((one) => one === "ok" || one === "RegistrationTokenGone"))
      const found = yield* Effect.forEach(runners, ({ tokenHash }) => store.findByToken(tokenHash))
      const left = Arr.getSomes(found).map(({ name }) => name)
      const ofToken = yield* store.registrationTokens.runnersOf(registrationTokenId)
      deepStrictEqual({ left, ofToken, outcomes }, { left: [], ofToken: Option.none(), outcomes })
    })
  )

  it.effect("gives its labels and lets no more runners register than its limit, nor any after its end", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const at = DateTime.unsafeMake("2026-01-01T00:00:00Z")
      const end = DateTime.unsafeMake("2026-02-01T00:00:00Z")
      const limits = {
        labels: ["fast", "gpu"],
        maxUses: Option.some(3),
        expiresAt: Option.some(end)
      }
      const { id } = yield* store.registrationTokens.add({ tokenHash: aTokenHash(), hint: "a", at, ...limits })
      const insert = (createdAt: DateTime.Utc) => store.insert(aNewRunner({ registrationTokenId: id, createdAt }))
      const late = yield* Effect.flip(insert(end))
      assert.include(late, { _tag: "RegistrationTokenSpent", by: "expired" })
      const outcomes = yield* race(Arr.makeBy(10, () => Effect.asVoid(insert(at))))
      const spent = Arr.makeBy(7, () => "RegistrationTokenSpent")
      deepStrictEqual(outcomes.toSorted(), [...spent, "ok", "ok", "ok"])
      const { data } = yield* store.registrationTokens.list({ start: 0, count: 100 })
      const [kept] = data.filter((token) => token.id === id)
      deepStrictEqual([kept?.labels, kept?.uses, kept?.runners], [limits.labels, 3, 3])
      assertSome(kept?.expiresAt ?? Option.none(), end)
    })
  )

  it.effect("counts no registration whose name is taken", () =>
    Effect.gen(function* () {
      const store = yield* RunnerStore.RunnerStore
      const { name, registrationTokenId } = yield* aRegisteredRunner()
      const outcome = yield* Effect.flip(store.insert(aNewRunner({ name, registrationTokenId })))
      assert.instanceOf(outcome, RunnerStore.RunnerNameTaken)
      const { data } = yield* store.registrationTokens.list({ start: 0, count: 100 })
      deepStrictEqual(data.find((token) => token.id === registrationTokenId)?.uses, 1)
    })
  )
}
