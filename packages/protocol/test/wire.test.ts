import { wireRoutes } from "@runner-connector/contracts/wire"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Runtime } from "effect"

// `packages/http-h3` runs the whole contract over HTTP with this handler.
wireRoutes(
  "in memory",
  Effect.gen(function* () {
    const { handle } = yield* RunnerWeb.RunnerWeb
    const run = Runtime.runPromise(yield* Effect.runtime<never>())
    return (request) => run(handle(request))
  })
)
