import { ApiWeb } from "@runner-connector/protocol"
import { Effect } from "effect"
import { H3 } from "h3"
import { contextOf, makeAnswer, quiet } from "./answer.ts"

/** The API of the console as an h3 app. Mount it at the root of the host's app. */
export const app: Effect.Effect<H3, never, ApiWeb.ApiWeb> = Effect.gen(function* () {
  const web = yield* ApiWeb.ApiWeb
  const answer = yield* makeAnswer
  const routes = new H3(quiet)
  for (const { method, path } of web.endpoints) {
    // Players and caches send HEAD first.
    for (const one of method === "GET" ? (["GET", "HEAD"] as const) : [method]) {
      routes.on(one, path, (event) => answer(event, web.handle(event.req, contextOf(event))))
    }
  }
  return routes
})
