import { wireContract, wireRoutes } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { H3Runners } from "../src/index.ts"
import { aServer } from "./support/server.ts"

// A host may also mount the app. The routes are those of the server below, which passes the whole contract.
wireRoutes(
  "h3 in memory",
  Effect.map(H3Runners.app, (app) => async (request) => app.fetch(request))
)

wireContract(
  "h3 on a socket",
  Effect.map(aServer(), ({ port }) => (request) => {
    const { pathname, search } = new URL(request.url)
    return fetch(`http://127.0.0.1:${port}${pathname}${search}`, request)
  })
)
