import { wireRoutes } from "@runner-connector/contracts"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Runtime } from "effect"

// The whole contract is asked over HTTP, of a server that hands each request to this very handler: `packages/http-h3`.
wireRoutes(
  "in memory",
  Effect.gen(function* () {
    const { handle } = yield* RunnerWeb.RunnerWeb
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    return (request) => run(handle(request))
  })
)
