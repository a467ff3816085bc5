import { layer } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { Wire } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { listening } from "./support/server.ts"

const { aRunner } = Wire.Arrange
const { postJson, R } = Wire.Client

layer(listening({ rateLimit: 5 }), { excludeTestServices: true })(
  "the rate limit, by the address of the connection",
  (it) => {
    it.effect("holds up unauthenticated requests, and no registered runner", () =>
      Effect.gen(function* () {
        const { runnerToken } = yield* aRunner
        const ask = (token: string) =>
          Effect.map(postJson(`${R}/jobs/request`, { runnerToken: token }), ({ status }) => status)
        const statuses = yield* Effect.replicateEffect(ask("ptrt-nobody"), 6)
        deepStrictEqual(statuses, [404, 404, 404, 404, 404, 429])
        deepStrictEqual(yield* ask(runnerToken), 200)
      })
    )
  }
)
