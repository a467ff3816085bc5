import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { Endpoints, endpoints, OpenApiDocument } from "@runner-connector/protocol"
import { Validator } from "@seriousme/openapi-schema-validator"
import { Effect } from "effect"
import { describe } from "vitest"

type Json = { readonly [name: string]: Json }

const document = OpenApiDocument.describe(endpoints, new URL("https://media.example:8443/below"))
const json: Json = JSON.parse(JSON.stringify(document))

const at = (...path: ReadonlyArray<string>): Json => {
  const found = path.reduce<Json | undefined>((value, name) => value?.[name], json)
  assert.isDefined(found, path.join(" "))
  return found
}

const pathOf = ({ method, path }: { readonly method: string; readonly path: string }): ReadonlyArray<string> => [
  "paths",
  path.replace(/:(\w+)/g, "{$1}"),
  method.toLowerCase()
]

const operation = (endpoint: (typeof endpoints)[number]): Json => at(...pathOf(endpoint))

const validate = (value: Record<string, unknown>) =>
  Effect.promise(() => new Validator().validate(structuredClone(value)))

/** Every reference in the document. */
const references = (value: unknown): ReadonlyArray<string> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) =>
        name === "$ref" && typeof member === "string" ? [member] : references(member)
      )

describe("the OpenAPI document", () => {
  it.effect("is valid OpenAPI 3.1", () =>
    Effect.gen(function* () {
      const { errors, valid } = yield* validate(json)
      deepStrictEqual<unknown>(errors, undefined)
      assert.isTrue(valid)
      const broken = yield* validate({ ...json, paths: { "/a": { get: { responses: { ok: {} } } } } })
      assert.isFalse(broken.valid)
    })
  )

  it.effect("has no broken reference and no unused schema", () =>
    Effect.sync(() => {
      const named = new Set(references(json))
      for (const reference of named) at(...reference.slice("#/".length).split("/"))
      const unused = Object.keys(at("components", "schemas")).filter(
        (name) => !named.has(`#/components/schemas/${name}`)
      )
      deepStrictEqual(unused, [])
      assert.notInclude(JSON.stringify(json), "$id")
    })
  )

  it.effect("names each operation once, and requires a bearer token of administrators only", () =>
    Effect.sync(() => {
      deepStrictEqual(
        new Set(endpoints.map((endpoint) => String(operation(endpoint).operationId))).size,
        endpoints.length
      )
      for (const endpoint of endpoints) {
        const wanted = endpoint.admin ? [{ administrator: [] }] : []
        deepStrictEqual<unknown>(operation(endpoint).security, wanted, endpoint.name)
      }
      deepStrictEqual<unknown>(at("components", "securitySchemes", "administrator"), { type: "http", scheme: "bearer" })
    })
  )

  it.effect("describes the parts of a form, and the same body as JSON", () =>
    Effect.sync(() => {
      const content = (name: string): Json => at(...pathOf(Endpoints.success), "requestBody", "content", name, "schema")
      const form = content("multipart/form-data")
      assert.sameMembers(Object.keys(form.properties ?? {}), ["runnerToken", "jobToken", ...Endpoints.success.files])
      deepStrictEqual<unknown>(form.required, ["runnerToken", "jobToken"])
      assert.sameMembers(Object.keys(content("application/json").properties ?? {}), [
        "runnerToken",
        "jobToken",
        "payload"
      ])
      deepStrictEqual(Object.keys(at(...pathOf(Endpoints.register), "requestBody", "content")), ["application/json"])
    })
  )

  it.effect("describes the parameters of paths and queries, with their defaults", () =>
    Effect.sync(() => {
      const parameters = at(...pathOf(Endpoints.listJobs), "parameters") as unknown as ReadonlyArray<Json>
      deepStrictEqual(
        parameters.map(({ in: place, name, required, schema }) => [name, place, required, schema?.default] as unknown),
        [
          ["start", "query", false, 0],
          ["count", "query", false, 15],
          ["after", "query", false, undefined],
          ["sort", "query", false, "-createdAt"],
          ["search", "query", false, undefined],
          ["stateOneOf", "query", false, undefined],
          ["typeOneOf", "query", false, undefined],
          ["runnerId", "query", false, undefined],
          ["videoUUID", "query", false, undefined],
          ["label", "query", false, undefined],
          ["renditionUUID", "query", false, undefined]
        ]
      )
      const [id] = at(...pathOf(Endpoints.deleteRunner), "parameters") as unknown as ReadonlyArray<Json>
      deepStrictEqual<unknown>(id, { name: "runnerId", in: "path", required: true, schema: { type: "integer" } })
    })
  )

  it.effect("differs between servers only by the origin", () =>
    Effect.sync(() => {
      deepStrictEqual<unknown>(at("servers"), [{ url: "https://media.example:8443" }])
      const { servers: _, ...rest } = OpenApiDocument.describe(endpoints, new URL(Wire.World.origin))
      const { servers, ...same } = document
      deepStrictEqual(rest, same)
    })
  )
})
