import { assert, layer } from "@effect/vitest"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { aConnection, head } from "./support/raw.ts"
import { Listening, listening } from "./support/server.ts"

const { aRunner } = Wire.Arrange
const { postJson, R } = Wire.Client

layer(listening(), { excludeTestServices: true })("headers", (it) => {
  const answerTo = (more: string) =>
    Effect.gen(function* () {
      const { runnerToken } = yield* aRunner
      const body = JSON.stringify({ runnerToken })
      const { ended, write } = yield* Effect.flatMap(Listening, ({ port }) => aConnection(port))
      const lines = [
        `POST ${R}/jobs/request HTTP/1.1`,
        "Host: media.example",
        "Content-Type: application/json",
        `Content-Length: ${body.length}`,
        "Connection: close",
        more
      ]
      yield* write(`${head(...lines)}${body}`)
      return { runnerToken, status: (yield* ended).slice(0, 12) }
    })

  it.scoped("of 15 KiB are accepted", () =>
    Effect.gen(function* () {
      const { status } = yield* answerTo(`X-Long: ${"x".repeat(15 * 1024)}`)
      assert.strictEqual(status, "HTTP/1.1 200")
    })
  )

  it.scoped("of more than 16 KiB are rejected, and the server serves the next request", () =>
    Effect.gen(function* () {
      const { runnerToken, status } = yield* answerTo(`X-Long: ${"x".repeat(17 * 1024)}`)
      assert.strictEqual(status, "HTTP/1.1 431")
      assert.strictEqual((yield* postJson(`${R}/jobs/request`, { runnerToken })).status, 200)
    })
  )
})
