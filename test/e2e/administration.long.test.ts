import { statSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { describe } from "vitest"
import { api, assertProblem } from "./support/Api.ts"
import * as ExampleServer from "./support/ExampleServer.ts"
import { freePort, temporaryFolder } from "./support/workspace.ts"

const R = "/api/v1/runners"
const OWN = "the-operator's-own"

describe("administration over HTTP", () => {
  it.scopedLive(
    "requires the token, which is generated on the first start and kept",
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const options = { dataDir, port: yield* freePort, env: { LOCAL_RUNNER: "off" } }
        const first = yield* ExampleServer.start(options)
        const token = ExampleServer.keptToken(dataDir)
        assert.include(yield* first.log, token)
        assert.strictEqual(statSync(join(dataDir, "admin-token")).mode & 0o777, 0o600)

        const admin = api(first.url, token)
        assertProblem(yield* api(first.url).send(R), 401)
        assertProblem(yield* api(first.url, `${token}x`).send(R), 401)
        deepStrictEqual(JSON.parse((yield* admin.send(R)).text), { total: 0, data: [] })
        const made = yield* admin.send(`${R}/registration-tokens/generate`, { method: "POST" })
        const { id, registrationToken } = JSON.parse(made.text)
        const registered = yield* admin.send(`${R}/register`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ name: "mine", registrationToken })
        })
        assert.strictEqual(registered.status, 200, registered.text)
        yield* first.stop()

        const second = yield* ExampleServer.start(options)
        assert.strictEqual(ExampleServer.keptToken(dataDir), token)
        assert.notInclude(yield* second.log, token)
        assert.notInclude(yield* second.log, "Administration token")
        const again = api(second.url, token)
        deepStrictEqual(
          JSON.parse((yield* again.send(R)).text).data.map(({ name }: { readonly name: string }) => name),
          ["mine"]
        )
        assert.strictEqual((yield* again.send(`${R}/registration-tokens/${id}`, { method: "DELETE" })).status, 204)
        assert.strictEqual(JSON.parse((yield* again.send(R)).text).total, 0)
        yield* second.stop()

        const third = yield* ExampleServer.start({ ...options, env: { ...options.env, ADMIN_TOKEN: OWN } })
        assertProblem(yield* api(third.url, token).send(`${R}/jobs`), 401)
        assert.strictEqual((yield* api(third.url, OWN).send(`${R}/jobs`)).status, 200)
        const described = yield* api(third.url).send(`${R}/openapi.json`)
        deepStrictEqual(JSON.parse(described.text).servers, [{ url: third.url }])
      }),
    300_000
  )
})
