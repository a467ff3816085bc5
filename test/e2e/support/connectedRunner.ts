import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "../../../packages/socket/test/support/clients.ts"
import { request } from "./Api.ts"
import type { ExampleServer } from "./ExampleServer.ts"
import { until } from "./waiting.ts"

const TOKEN = /ptrrt-[\w-]+/

const post = (url: string, body: object) =>
  request(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

const register = ({ url }: ExampleServer, registrationToken: string) =>
  Effect.map(
    post(`${url}/api/v1/runners/register`, {
      registrationToken,
      name: `runner ${crypto.randomUUID()}`,
      version: "0.4.0"
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
    const accept = (job: string) =>
      Effect.map(
        post(`${server.url}/api/v1/runners/jobs/${job}/accept`, { runnerToken: token }),
        ({ status }) => status
      )
    return { ...client, token, accept }
  })
