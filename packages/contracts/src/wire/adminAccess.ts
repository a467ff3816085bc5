import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { JobStore, RunnerStore, Webhooks } from "@runner-connector/core"
import { endpoints } from "@runner-connector/protocol"
import { Effect } from "effect"
import { aHeldJob, noOtherJobs } from "./arrange.ts"
import { administer, assertDone, assertProblem, R, request, send } from "./client.ts"
import { Journal, keepSecret } from "./Journal.ts"
import { during, innerDetail } from "./Outage.ts"
import type { WireCases } from "./WireServer.ts"
import { adminToken, guestToken } from "./world.ts"

const page = { start: 0, count: 100 }

/** Everything that administrators can change. */
const everything = Effect.gen(function* () {
  const [jobs, runners] = [yield* JobStore.JobStore, yield* RunnerStore.RunnerStore]
  return [
    yield* jobs.list(page),
    yield* runners.list(page),
    yield* runners.registrationTokens.list(page),
    yield* (yield* Webhooks.Webhooks).list
  ] as ReadonlyArray<unknown>
})

/** Every administrator call, on existing resources. */
const calls = Effect.gen(function* () {
  const { path, runner } = yield* aHeldJob()
  const { registrationTokens } = yield* RunnerStore.RunnerStore
  const token = (yield* registrationTokens.list(page)).data[0]
  const { endpoint } = yield* (yield* Webhooks.Webhooks).create({ url: "https://hooks.example" })
  yield* keepSecret(endpoint.secret)
  const webhook = endpoint.id
  return [
    ["GET", R],
    ["PATCH", `${R}/${runner.id}`, { state: "active" }],
    ["DELETE", `${R}/${runner.id}`],
    ["GET", `${R}/labels`],
    ["GET", `${R}/registration-tokens`],
    ["POST", `${R}/registration-tokens/generate`],
    ["DELETE", `${R}/registration-tokens/${token?.id}`],
    ["GET", `${R}/jobs`],
    ["POST", `${path}/cancel`],
    ["DELETE", path],
    ["GET", `${R}/webhooks`],
    ["POST", `${R}/webhooks`, { url: "https://hooks.example" }],
    ["PUT", `${R}/webhooks/${webhook}`, { enabled: false }],
    ["POST", `${R}/webhooks/${webhook}/rotate-secret`],
    ["DELETE", `${R}/webhooks/${webhook}`],
    ["GET", `${R}/webhook-deliveries`],
    ["POST", `${R}/webhook-deliveries/replay`, { webhookId: webhook }]
  ] as const
})

/** The same calls with invalid input, which authorization must precede. */
const malformed = [
  ["GET", `${R}?count=-1`],
  ["DELETE", `${R}/none`],
  ["PATCH", `${R}/none`],
  ["GET", `${R}/registration-tokens?sort=hint`],
  ["DELETE", `${R}/registration-tokens/1.5`],
  ["GET", `${R}/jobs?stateOneOf=77`],
  ["POST", `${R}/jobs/none/cancel`],
  ["DELETE", `${R}/jobs/none`],
  ["DELETE", `${R}/jobs/${crypto.randomUUID()}`],
  ["DELETE", `${R}/webhooks/none`],
  ["GET", `${R}/webhook-deliveries?state=lost`]
] as const

const unauthenticated: Readonly<Record<string, Record<string, string>>> = {
  "no credentials": {},
  "an empty header": { authorization: "" },
  "a scheme without a token": { authorization: "Bearer" },
  "a wrong token": { authorization: "Bearer wrong" },
  "the token without its scheme": { authorization: adminToken },
  "the token with another scheme": { authorization: `Basic ${btoa(`admin:${adminToken}`)}` },
  "the token with an extra word": { authorization: `Bearer ${adminToken} x` },
  "the token in another header": { "x-admin-token": adminToken }
}

/** Contract of authorization: administrator calls are refused to everyone else. */
export const adminAccessCases: WireCases = (it) => {
  it.effect("covers every endpoint of administrators", () =>
    Effect.gen(function* () {
      const covered = (yield* calls).length
      assert.lengthOf(
        endpoints.filter(({ admin }) => admin),
        covered
      )
    })
  )

  for (const [who, headers] of Object.entries(unauthenticated)) {
    it.effect(`refuses administrator calls with ${who}, before validating the input`, () =>
      Effect.gen(function* () {
        yield* keepSecret(adminToken)
        const all = [...(yield* calls), ...malformed]
        const before = yield* everything
        for (const [method, path] of all) {
          const answer = yield* send(() => request(path, { method, headers }))
          assertProblem(answer, 401)
          assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
        }
        deepStrictEqual(yield* everything, before)
      })
    )
  }

  it.effect("refuses administrator calls with a runner token", () =>
    Effect.gen(function* () {
      const { tokens } = yield* aHeldJob()
      const headers = { authorization: `Bearer ${tokens.runnerToken}` }
      for (const [method, path] of yield* calls) {
        assertProblem(yield* send(() => request(path, { method, headers })), 401)
      }
    })
  )

  it.effect("refuses administrator calls to users without administrator rights", () =>
    Effect.gen(function* () {
      yield* keepSecret(guestToken)
      const all = [...(yield* calls), ...malformed]
      const before = yield* everything
      for (const [method, path] of all) {
        const answer = yield* administer(method, path, { headers: { authorization: `Bearer ${guestToken}` } })
        assertProblem(answer, 403)
        assert.isNull(answer.headers.get("www-authenticate"))
      }
      deepStrictEqual(yield* everything, before)
    })
  )

  it.effect("ignores any body", () =>
    Effect.gen(function* () {
      const { path } = yield* aHeldJob()
      const headers = { "content-type": "text/plain" }
      assertDone(yield* administer("POST", `${path}/cancel`, { headers, body: "{" }))
      assertDone(yield* administer("DELETE", path, { headers: { "content-type": "application/json" }, body: "{" }))
    })
  )

  it.effect("answers administrators with 503 during a store outage", () =>
    Effect.gen(function* () {
      yield* noOtherJobs
      const all = yield* calls
      const before = yield* everything
      for (const [method, path, body] of all) {
        const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
        const answer = yield* during(administer(method, path, body === undefined ? {} : json))
        assertProblem(answer, 503)
        assert.notInclude(answer.text, innerDetail)
      }
      deepStrictEqual(yield* everything, before)
      assert.include((yield* Journal).lines.join("\n"), innerDetail)
    })
  )
}
