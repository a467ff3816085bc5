import { assert } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { endpoints } from "@runner-connector/protocol"
import { Effect, Schema } from "effect"
import { administer, assertProblem, documentOf, R, request, send } from "./client.ts"
import { Journal } from "./Journal.ts"
import type { WireCases } from "./WireServer.ts"
import { origin } from "./world.ts"

const path = `${R}/openapi.json`

const Operation = Schema.Struct({
  operationId: Schema.String,
  responses: Schema.Record({ key: Schema.String, value: Schema.Unknown })
})

const Description = Schema.Struct({
  openapi: Schema.String,
  servers: Schema.Array(Schema.Struct({ url: Schema.String })),
  paths: Schema.Record({ key: Schema.String, value: Schema.Record({ key: Schema.String, value: Operation }) })
})

const described = Effect.map(
  send(() => request(path, { method: "GET" })),
  (answer) => Schema.decodeUnknownSync(Description)(documentOf(answer, Schema.Unknown))
)

/** The answers that the OpenAPI document lists, for example `register 404`. */
const documented = Effect.map(
  described,
  ({ paths }) =>
    new Set(
      Object.values(paths)
        .flatMap((operations) => Object.values(operations))
        .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => `${operationId} ${status}`))
    )
)

/** Runs after all other cases. */
export const describingCases: WireCases = (it) => {
  it.effect("serves the OpenAPI document without authentication", () =>
    Effect.gen(function* () {
      const { openapi, paths, servers } = yield* described
      assert.match(openapi, /^3\.1\.\d+$/)
      deepStrictEqual(servers, [{ url: origin }])
      // A server may describe other APIs beside this one.
      const own = Object.entries(paths).filter(([template]) => template.startsWith("/api/v1/runners"))
      const operations = own.flatMap(([template, methods]) =>
        Object.entries(methods).map(([method, { operationId }]) => `${method} ${template} ${operationId}`)
      )
      deepStrictEqual(
        operations.sort(),
        endpoints
          .map(({ method, name, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")} ${name}`)
          .sort()
      )
    })
  )

  it.effect("prefers literal path segments over parameters", () =>
    Effect.gen(function* () {
      const names = ["openapi.json", "register", "jobs", "registration-tokens"]
      for (const name of names) assertProblem(yield* administer("DELETE", `${R}/${name}`), 400)
      const put = yield* administer("PUT", path)
      assertProblem(put, 405)
      assert.strictEqual(put.headers.get("allow"), "GET, HEAD")
      assertProblem(yield* administer("PUT", R), 405)
      assertProblem(yield* administer("GET", `${R}/jobs/request`), 405)
      assert.strictEqual((yield* administer("GET", `${R}/1`)).headers.get("allow"), "PATCH, DELETE")
      assertProblem(yield* administer("GET", `${R}/none`), 404)
    })
  )

  it.effect("answers a HEAD as a GET, without the body", () =>
    Effect.gen(function* () {
      for (const one of [path, R, `${R}/jobs`, `${R}/registration-tokens`]) {
        const answer = yield* administer("HEAD", one)
        deepStrictEqual([answer.status, answer.text], [200, ""])
        assert.strictEqual(answer.headers.get("content-type"), "application/json; charset=utf-8")
      }
      assert.strictEqual((yield* send(() => request(R, { method: "HEAD" }))).status, 401)
    })
  )

  it.effect("documents every answer seen in this contract", () =>
    Effect.gen(function* () {
      const { answers } = yield* Journal
      const known = yield* documented
      assert.isAbove(answers.size, endpoints.length * 3)
      deepStrictEqual(
        [...answers].filter((answer) => !known.has(answer)),
        []
      )
    })
  )

  it.effect("documents no specific answer that was not seen, except lost races, which depend on timing", () =>
    Effect.gen(function* () {
      const { answers } = yield* Journal
      const files = new Set(endpoints.filter(({ isFile }) => isFile).map(({ name }) => name))
      /** All downloads share one implementation. */
      const merged = (name: string) => (files.has(name) ? "a file" : name)
      const seen = new Set([...answers].map((answer) => answer.replace(/^\w+/, merged)))
      const own = endpoints.flatMap(({ name, problems, status }) =>
        [status, ...problems].filter((one) => one !== 409).map((one) => `${merged(name)} ${one}`)
      )
      deepStrictEqual(
        own.filter((answer) => !seen.has(answer)),
        []
      )
    })
  )
}
