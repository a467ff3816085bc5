import { wireRoutes } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { H3Runners } from "../src/index.ts"

// A host may also mount the app. The routes are those of the server in `wire.test.ts`, which passes the whole contract.
wireRoutes(
  "h3 in memory",
  Effect.map(H3Runners.app, (app) => async (request) => app.fetch(request))
)
