import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { apiEndpoints, endpoints, RunnerWeb } from "@runner-connector/protocol"
import { Validator } from "@seriousme/openapi-schema-validator"
import { Effect, Schema } from "effect"

const Operation = Schema.Struct({ operationId: Schema.String, tags: Schema.Array(Schema.String) })

const Document = Schema.Struct({
  paths: Schema.Record({ key: Schema.String, value: Schema.Record({ key: Schema.String, value: Operation }) })
})

const read = Effect.gen(function* () {
  const { handle } = yield* RunnerWeb.RunnerWeb
  const response = yield* handle(new Request(`${Wire.World.origin}/api/v1/runners/openapi.json`))
  return yield* Effect.promise(() => response.json())
})

it.effect("the document of a server describes the runner API and the API of the console", () =>
  Effect.gen(function* () {
    const json: unknown = yield* read
    const { paths } = yield* Schema.decodeUnknown(Document)(json)
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    deepStrictEqual(
      operations.map(({ operationId }) => operationId).sort(),
      [...endpoints, ...apiEndpoints].map(({ name }) => name).sort()
    )
    deepStrictEqual(paths["/admin/videos/{uuid}"]?.get, { operationId: "getVideo", tags: ["console"] })
    const { errors, valid } = yield* Effect.promise(() => new Validator().validate(structuredClone(Object(json))))
    assert.isTrue(valid, JSON.stringify(errors))
  }).pipe(Effect.provide(Wire.World.layer({}, { path: "/admin" })))
)
