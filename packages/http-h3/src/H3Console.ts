import { Problem, ProtocolErrors } from "@runner-connector/protocol"
import { Effect } from "effect"
import { H3 } from "h3"
import { makeAnswer, quiet } from "./answer.ts"

/** The console's files, as `make` of `@runner-connector/console` returns them. */
export interface Site {
  readonly patterns: ReadonlyArray<string>
  readonly handle: (request: Request) => Response
}

/**
 * The console as an h3 app. Mount it at the root of the host's app. Other routes take precedence over its patterns. Missing
 * files get a problem document.
 */
export const app = (site: Site): Effect.Effect<H3> =>
  Effect.map(makeAnswer, (answer) => {
    const routes = new H3(quiet)
    for (const pattern of site.patterns) {
      for (const method of ["GET", "HEAD"] as const) {
        routes.on(method, pattern, (event) => {
          const response = site.handle(event.req)
          return response.status === 404
            ? answer(event, Problem.answer(Effect.fail(new ProtocolErrors.UnknownPath()), event.req))
            : response
        })
      }
    }
    return routes
  })
