import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { RunnerStore } from "@runner-connector/core"
import { Endpoints } from "@runner-connector/protocol"
import { DateTime, Effect, Option } from "effect"
import { aHeldJob, aRegistrationToken, aRunner, stateOf, stored } from "./arrange.ts"
import { administer, assertDone, assertProblem, documentOf, invalidParams, postJson, R } from "./client.ts"
import { Journal, keepSecret } from "./Journal.ts"
import type { WireCases } from "./WireServer.ts"

const runners = (query = "") =>
  Effect.map(administer("GET", `${R}${query}`), (answer) => documentOf(answer, Endpoints.listRunners.response))

const tokens = (query = "") =>
  Effect.map(administer("GET", `${R}/registration-tokens${query}`), (answer) =>
    documentOf(answer, Endpoints.listRegistrationTokens.response)
  )

/** Queries that the lists of runners and tokens reject, with the invalid parameter. */
const wrongPages: ReadonlyArray<readonly [query: string, parameter: string]> = [
  ["start=-1", "start"],
  ["start=", "start"],
  ["start=1.5", "start"],
  ["start=abc", "start"],
  ["start=1&start=2", "start"],
  ["start=9999999999999999", "start"],
  ["count=-1", "count"],
  ["count=101", "count"],
  ["count=ten", "count"],
  ["count=0x10", "count"],
  ["sort=", "sort"],
  ["sort=name", "sort"],
  ["sort=--createdAt", "sort"],
  ["sort=createdAt&sort=createdAt", "sort"],
  ["sort=__proto__", "sort"]
]

const listing: WireCases = (it) => {
  it.effect("lists runners without their tokens", () =>
    Effect.gen(function* () {
      const { id, name } = yield* aRunner
      const registrationToken = yield* aRegistrationToken
      const full = { registrationToken, name: crypto.randomUUID(), description: "in the cellar", version: "0.4.0" }
      yield* keepSecret(JSON.parse((yield* postJson(`${R}/register`, full)).text).runnerToken)
      const { data } = yield* runners()
      const store = yield* RunnerStore.RunnerStore
      for (const shown of data.slice(0, 2)) {
        const [kept] = yield* store.findByIds([shown.id])
        assert.isDefined(kept)
        deepStrictEqual<unknown>(shown, {
          id: kept.id,
          name: kept.name,
          description: Option.getOrNull(kept.description),
          ip: Option.getOrNull(kept.ip),
          lastContact: DateTime.formatIso(kept.lastContact),
          version: Option.getOrNull(kept.version),
          labels: kept.labels,
          state: kept.state,
          quarantine: null,
          online: false,
          onlineSince: null,
          currentJobs: 0,
          createdAt: DateTime.formatIso(kept.createdAt),
          updatedAt: DateTime.formatIso(kept.updatedAt)
        })
      }
      const own = data.filter((runner) => runner.id === id || runner.name === full.name)
      deepStrictEqual(
        new Set(own.map((runner) => `${runner.name} ${runner.description} ${runner.version}`)),
        new Set([`${name} null null`, `${full.name} in the cellar 0.4.0`])
      )
    })
  )

  it.effect("lists the fifteen newest by default, with the total", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 17 }), () => aRunner)
      const all = yield* runners("?count=100&sort=createdAt")
      const usual = yield* runners()
      assert.lengthOf(usual.data, 15)
      assert.strictEqual(usual.total, all.total)
      deepStrictEqual(yield* runners("?sort=-createdAt&start=0&count=15"), usual)
      deepStrictEqual((yield* runners("?start=2&count=3")).data, usual.data.slice(2, 5))
      deepStrictEqual(yield* runners("?count=0"), { total: all.total, data: [] })
      deepStrictEqual(yield* runners("?start=1000000"), { total: all.total, data: [] })
      const times = all.data.map(({ createdAt }) => createdAt)
      deepStrictEqual(times, times.toSorted())
      assert.isTrue((usual.data[0]?.createdAt ?? "") >= (usual.data[14]?.createdAt ?? ""))
    })
  )

  it.effect("selects runners by name, state and presence", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* aRunner, yield* aRunner]
      const ids = (query: string) =>
        Effect.map(runners(query), ({ data, total }) => [total, ...data.map(({ id }) => id)])
      deepStrictEqual(yield* ids(`?search=${one.name.slice(0, -1).toUpperCase()}`), [1, one.id])
      deepStrictEqual(yield* ids(`?search=${two.name}&stateOneOf=active&stateOneOf=paused&online=false`), [1, two.id])
      deepStrictEqual(yield* ids(`?search=${two.name}&stateOneOf[]=draining`), [0])
      deepStrictEqual(yield* ids(`?search=${two.name}&online=true`), [0])
      deepStrictEqual(yield* runners("?search="), yield* runners())
    })
  )

  for (const [query, parameter] of wrongPages) {
    it.effect(`refuses a list with ${query}`, () =>
      Effect.gen(function* () {
        for (const path of [R, `${R}/registration-tokens`, `${R}/jobs`]) {
          const answer = yield* administer("GET", `${path}?${query}`)
          assertProblem(answer, 400)
          deepStrictEqual(invalidParams(answer), [parameter])
          assert.strictEqual(JSON.parse(answer.text).instance, path)
        }
      })
    )
  }
}

/** Ids that every path rejects. */
const noNumbers = ["none", "1.5", "1e3", "0x1", "99999999999", "%00", "+1", "%20", "1%2F2"]

const removing: WireCases = (it) => {
  it.effect("removes a runner, invalidates its token and releases its job at once", () =>
    Effect.gen(function* () {
      const { id, path, runner, tokens } = yield* aHeldJob()
      assertDone(yield* administer("DELETE", `${R}/${runner.id}`))
      const { runnerToken } = tokens
      assertProblem(yield* postJson(`${R}/jobs/request`, { runnerToken }), 404, "unknown_runner_token")
      assertProblem(yield* postJson(`${path}/update`, tokens), 404)
      assert.strictEqual(yield* stateOf(id), "Pending")
      deepStrictEqual((yield* stored(id)).runnerId, Option.none())
      assertProblem(yield* administer("DELETE", `${R}/${runner.id}`), 404)
    })
  )

  it.effect("answers 404 for unknown ids of runners and registration tokens", () =>
    Effect.gen(function* () {
      for (const number of ["0", "-1", "2147483647", "-2147483648"]) {
        assertProblem(yield* administer("DELETE", `${R}/${number}`), 404)
        assertProblem(yield* administer("DELETE", `${R}/registration-tokens/${number}`), 404)
      }
      for (const number of noNumbers) {
        assertProblem(yield* administer("DELETE", `${R}/${number}`), 400)
        assertProblem(yield* administer("DELETE", `${R}/registration-tokens/${number}`), 400)
      }
    })
  )

  it.effect("removes a registration token with all its runners", () =>
    Effect.gen(function* () {
      const made = yield* administer("POST", `${R}/registration-tokens/generate`)
      const { id, registrationToken } = JSON.parse(made.text)
      yield* keepSecret(registrationToken)
      const registered = yield* postJson(`${R}/register`, { name: crypto.randomUUID(), registrationToken })
      const { runnerToken } = JSON.parse(registered.text)
      yield* keepSecret(runnerToken)
      assertDone(yield* administer("DELETE", `${R}/registration-tokens/${id}`))
      assertProblem(yield* postJson(`${R}/jobs/request`, { runnerToken }), 404, "unknown_runner_token")
      assertProblem(yield* postJson(`${R}/register`, { name: crypto.randomUUID(), registrationToken }), 404)
      assertProblem(yield* administer("DELETE", `${R}/registration-tokens/${id}`), 404)
    })
  )
}

const making: WireCases = (it) => {
  it.effect("returns a new registration token once, and later only its last characters", () =>
    Effect.gen(function* () {
      const answer = yield* administer("POST", `${R}/registration-tokens/generate`)
      const { registrationToken, ...rest } = documentOf(answer, Endpoints.generateRegistrationToken.response)
      const secret = String(JSON.parse(answer.text).registrationToken)
      yield* keepSecret(secret)
      assert.match(secret, /^ptrrt-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      assert.strictEqual(rest.registeredRunnersCount, 0)
      assert.notInclude(String(registrationToken), secret)

      for (const name of [crypto.randomUUID(), crypto.randomUUID()]) {
        const registered = yield* postJson(`${R}/register`, { name, registrationToken: secret })
        yield* keepSecret(JSON.parse(registered.text).runnerToken)
      }
      const { data } = yield* tokens()
      deepStrictEqual<unknown>(
        data.find(({ id }) => id === rest.id),
        {
          ...rest,
          registrationToken: `ptrrt-…${secret.slice(-4)}`,
          registeredRunnersCount: 2,
          uses: 2
        }
      )
    })
  )

  it.effect("lists registration tokens with the same paging as runners", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 17 }), () => aRegistrationToken)
      const usual = yield* tokens()
      assert.lengthOf(usual.data, 15)
      deepStrictEqual((yield* tokens("?start=3&count=2&sort=-createdAt")).data, usual.data.slice(3, 5))
      const oldest = yield* tokens("?sort=createdAt&count=100")
      assert.strictEqual(oldest.total, usual.total)
      const times = oldest.data.map(({ createdAt }) => createdAt)
      deepStrictEqual(times, times.toSorted())
    })
  )

  it.effect("exposes no secret and no hash of a secret in any list", () =>
    Effect.gen(function* () {
      yield* aHeldJob()
      const { secrets } = yield* Journal
      for (const path of [R, `${R}/registration-tokens`, `${R}/jobs`]) {
        const { text } = yield* administer("GET", `${path}?count=100`)
        assert.isAbove(secrets.size, 0)
        assert.isUndefined(secrets.shownIn(text))
        assert.notMatch(text, /[0-9a-f]{64}/)
      }
    })
  )
}

export const adminRunnerCases: WireCases = (it) => {
  listing(it)
  removing(it)
  making(it)
}
