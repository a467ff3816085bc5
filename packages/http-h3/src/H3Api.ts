import { ApiWeb, type RunnerWeb } from "@runner-connector/protocol"
import { Effect } from "effect"
import { H3 } from "h3"
import { contextOf, makeAnswer, quiet } from "./answer.ts"

/** A service that answers the requests of some routes. */
export interface WebService {
  readonly endpoints: ReadonlyArray<{ readonly method: string; readonly path: string }>
  readonly handle: (request: Request, context: RunnerWeb.RequestContext) => Effect.Effect<Response>
}

/** The routes of a service as an h3 app. Mount it at the root of the host's app. */
export const appOf = ({ endpoints, handle }: WebService): Effect.Effect<H3> =>
  Effect.map(makeAnswer, (answer) => {
    const routes = new H3(quiet)
    for (const { method, path } of endpoints) {
      // Players and caches send HEAD first.
      for (const one of method === "GET" ? ["GET", "HEAD"] : [method]) {
        routes.on(one as "GET", path, (event) => answer(event, handle(event.req, contextOf(event))))
      }
    }
    return routes
  })

/** The API of the console as an h3 app. Mount it at the root of the host's app. */
export const app: Effect.Effect<H3, never, ApiWeb.ApiWeb> = Effect.flatMap(ApiWeb.ApiWeb, appOf)
