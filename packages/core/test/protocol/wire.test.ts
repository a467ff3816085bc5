import { wireContract } from "@runner-connector/contracts"
import { RunnerWeb } from "@runner-connector/core/protocol"
import { Effect, Runtime } from "effect"

wireContract(
  "in memory",
  Effect.gen(function* () {
    const { handle } = yield* RunnerWeb.RunnerWeb
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    return (request) => run(handle(request))
  })
)
