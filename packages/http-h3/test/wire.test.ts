import { wireContract, wireRoutes } from "@runner-connector/contracts"
import { Effect } from "effect"
import { H3Runners } from "../src/index.ts"
import { aServer } from "./support/server.ts"

// A host may also mount the app by itself. Requests and answers then are what the core's own handler gets and gives, which
// keeps the whole contract; and the routes are those that are served on the socket below, which keep it too.
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
