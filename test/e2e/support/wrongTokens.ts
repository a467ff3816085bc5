import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Effect } from "effect"
import { api, assertProblem } from "./Api.ts"
import * as ExampleServer from "./ExampleServer.ts"
import { freePort, temporaryFolder } from "./workspace.ts"

const TOKEN = "a-secret/of~the+operator="

/** Tests the limit of wrong tokens with this setting. */
export const limitsWrongTokens = (trustProxy: string): void =>
  it.scopedLive(
    `wrong tokens are limited per IP address across all routes, with TRUST_PROXY=${trustProxy}`,
    () =>
      Effect.gen(function* () {
        const dataDir = join(yield* temporaryFolder, "data")
        const limit = { RUNNER_RATE_LIMIT: "3", RUNNER_RATE_WINDOW: "1 hour" }
        const env = { ADMIN_TOKEN: TOKEN, LOCAL_RUNNER: "off", TRUST_PROXY: trustProxy, ...limit }
        const server = yield* ExampleServer.start({ dataDir, port: yield* freePort, env })
        const guess = api(server.url, "wrong")
        assertProblem(yield* guess.send("/videos/upload", { method: "POST", body: new FormData() }), 401)
        assert.strictEqual(JSON.parse((yield* guess.send("/access")).text).mayChange, false)
        assertProblem(yield* guess.send("/api/v1/runners"), 401)
        for (const client of [guess, api(server.url, TOKEN)]) {
          for (const [method, path] of [
            ["POST", "/videos/upload"],
            ["GET", "/access"],
            ["GET", "/videos"],
            ["GET", "/api/v1/runners"]
          ] as const) {
            const answer = yield* client.send(path, { method })
            assertProblem(answer, 429)
            assert.match(String(answer.headers.get("retry-after")), /^3\d{3}$/)
          }
        }
        assert.strictEqual((yield* guess.send("/healthz")).status, 200, "what is public stays public")

        const statusFrom = (address: string) =>
          Effect.map(
            api(server.url, TOKEN).send("/api/v1/runners", { headers: { "x-forwarded-for": address } }),
            ({ status }) => status
          )
        const other = trustProxy === "" ? 429 : 200
        deepStrictEqual(yield* Effect.forEach(["203.0.113.9", "127.0.0.1, 2001:db8::1"], statusFrom), [other, other])
        const beforeProxy = trustProxy === "127.0.0.0/8" ? 200 : 429
        deepStrictEqual(yield* Effect.forEach(["203.0.113.9, 127.0.0.1", "nonsense"], statusFrom), [beforeProxy, 429])
      }),
    300_000
  )
