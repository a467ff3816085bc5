import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Runners } from "@runner-connector/core"
import { Effect, Option, Schema } from "effect"
import { aHeldJob, aRegistrationToken, aRunner, stateOf } from "./arrange.ts"
import { assertDone, assertProblem, documentOf, invalidParams, postJson, R, request, send } from "./client.ts"
import { keepSecret } from "./Journal.ts"
import type { WireCases } from "./WireServer.ts"

const Registered = Schema.Struct({ id: Schema.Int, runnerToken: Schema.String })

const theRunner = (id: number) =>
  Effect.gen(function* () {
    const runners = yield* Runners.Runners
    const { data } = yield* runners.list({ start: 0, count: 100 })
    return Option.fromNullable(data.find((runner) => runner.id === id))
  })

const registering: WireCases = (it) => {
  it.effect("registers a runner with a new token, repeatedly with one registration token", () =>
    Effect.gen(function* () {
      const registrationToken = yield* aRegistrationToken
      const names = [crypto.randomUUID(), crypto.randomUUID()]
      const runners = yield* Effect.forEach(names, (name) =>
        Effect.map(postJson(`${R}/register`, { name, registrationToken }), (answer) => documentOf(answer, Registered))
      )
      yield* Effect.forEach(runners, ({ runnerToken }) => keepSecret(runnerToken))
      for (const { runnerToken } of runners) assert.match(runnerToken, /^ptrt-[0-9a-f-]{36}$/)
      assert.strictEqual(new Set(runners.map(({ id }) => id)).size, 2)
      assert.strictEqual(new Set(runners.map(({ runnerToken }) => runnerToken)).size, 2)
    })
  )

  it.effect("stores the fields of the runner and ignores unknown fields", () =>
    Effect.gen(function* () {
      const answer = yield* postJson(`${R}/register`, {
        registrationToken: yield* aRegistrationToken,
        name: "näme 🦦 with spaces".padEnd(99, "x") + crypto.randomUUID().slice(0, 1),
        description: "d".repeat(1000),
        version: "1.0.0-rc.2",
        somethingNew: { deep: [1, 2, 3] }
      })
      const runner = yield* Effect.flatten(theRunner(documentOf(answer, Registered).id))
      deepStrictEqual(runner.version, Option.some("1.0.0-rc.2"))
      deepStrictEqual(runner.description, Option.some("d".repeat(1000)))
    })
  )

  it.effect("names every invalid parameter and the request path, without values", () =>
    Effect.gen(function* () {
      yield* keepSecret("secret description")
      const answer = yield* postJson(`${R}/register?a=b`, {
        name: "",
        description: ["secret description"],
        version: "v1.0.0"
      })
      assertProblem(answer, 400)
      deepStrictEqual(invalidParams(answer), ["description", "name", "registrationToken", "version"])
      assert.strictEqual(JSON.parse(answer.text).instance, `${R}/register`)
    })
  )

  it.effect.each<readonly [parameter: string, value: unknown]>([
    ["name", ""],
    ["name", "x".repeat(101)],
    ["name", 5],
    ["name", null],
    ["name", "with\u0000nul"],
    ["name", "a lone surrogate \ud83e"],
    ["description", ""],
    ["description", null],
    ["description", "x".repeat(1001)],
    ["registrationToken", ""],
    ["registrationToken", "x".repeat(1001)],
    ["registrationToken", {}],
    ["version", ""],
    ["version", "invalid"],
    ["version", "1.0"],
    ["version", "1.0.0-dev"],
    ["version", "1.0.0\n"]
  ])("refuses a registration whose %s is %j", ([parameter, value]) =>
    Effect.gen(function* () {
      const good = { name: crypto.randomUUID(), registrationToken: yield* aRegistrationToken }
      const answer = yield* postJson(`${R}/register`, { ...good, [parameter]: value })
      assertProblem(answer, 400)
      deepStrictEqual(invalidParams(answer), [parameter])
    })
  )
}

/** Valid in every other respect. */
const alterations: ReadonlyArray<readonly [what: string, member: string]> = [
  ["an inherited property name", '"__proto__":{"version":"9.9.9"}'],
  ["an inherited property name in an ignored field", '"other":[{"__proto__":[]}]'],
  ["too many levels in an ignored field", `"other":${"[".repeat(40)}${"]".repeat(40)}`]
]

const refusing: WireCases = (it) => {
  for (const [what, member] of alterations) {
    it.effect(`refuses a registration for ${what}`, () =>
      Effect.gen(function* () {
        const registrationToken = yield* aRegistrationToken
        const good = JSON.stringify({ name: crypto.randomUUID(), registrationToken }).slice(0, -1)
        const headers = { "content-type": "application/json" }
        assertProblem(yield* send(() => request(`${R}/register`, { headers, body: `${good},${member}}` })), 400)
        assert.strictEqual((yield* send(() => request(`${R}/register`, { headers, body: `${good}}` }))).status, 200)
      })
    )
  }
}

const unregistering: WireCases = (it) => {
  it.effect("removes the runner, invalidates its token and frees its name", () =>
    Effect.gen(function* () {
      const { id, name, runnerToken } = yield* aRunner
      assertDone(yield* postJson(`${R}/unregister`, { runnerToken }))
      assert.isTrue(Option.isNone(yield* theRunner(id)))
      assertProblem(yield* postJson(`${R}/unregister`, { runnerToken }), 404, "unknown_runner_token")
      assertProblem(yield* postJson(`${R}/jobs/request`, { runnerToken }), 404, "unknown_runner_token")
      const again = yield* postJson(`${R}/register`, { name, registrationToken: yield* aRegistrationToken })
      assert.strictEqual(again.status, 200)
    })
  )

  it.effect("releases the runner's job at once", () =>
    Effect.gen(function* () {
      const { id, path, tokens } = yield* aHeldJob()
      assertDone(yield* postJson(`${R}/unregister`, { runnerToken: tokens.runnerToken }))
      assert.strictEqual(yield* stateOf(id), "Pending")
      assertProblem(yield* postJson(`${path}/update`, tokens), 404)
    })
  )
}

export const registeringCases: WireCases = (it) => {
  registering(it)
  refusing(it)
  unregistering(it)
}
