import { wireContract } from "@runner-connector/contracts/wire"
import { Effect } from "effect"
import { aServer } from "./support/server.ts"

wireContract(
  "h3 on a socket",
  Effect.map(aServer(), ({ port }) => (request) => {
    const { pathname, search } = new URL(request.url)
    return fetch(`http://127.0.0.1:${port}${pathname}${search}`, request)
  })
)
