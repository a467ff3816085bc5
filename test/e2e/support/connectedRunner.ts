import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "../../../packages/socket/test/support/clients.ts"
import { request } from "./Api.ts"
import type { ExampleServer } from "./ExampleServer.ts"
import { until } from "./waiting.ts"

const TOKEN = /ptrrt-[\w-]+/

const register = (server: ExampleServer, registrationToken: string) =>
  Effect.map(
    request(`${server.url}/api/v1/runners/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ registrationToken, name: `runner ${crypto.randomUUID()}`, version: "0.4.0" })
    }),
    ({ status, text }) => {
      assert.strictEqual(status, 200, text)
      return String(JSON.parse(text).runnerToken)
    }
  )

/** Registers a runner with the token that the first of the servers has printed, and connects it to one of them. */
export const connectedRunner = (servers: ReadonlyArray<ExampleServer>, server: ExampleServer) =>
  Effect.gen(function* () {
    const logs = yield* Effect.forEach(servers, ({ log }) => log)
    const [registrationToken] = TOKEN.exec(logs.join("\n")) ?? []
    if (registrationToken === undefined) return yield* Effect.dieMessage("No server has printed a registration token")
    const token = yield* register(server, registrationToken)
    const client = yield* connect(Number(new URL(server.url).port), token)
    yield* until("the runner is connected", client.connected, (is) => is)
    return { ...client, token }
  })
