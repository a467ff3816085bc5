import { H3 } from "h3"
import { quiet } from "./answer.ts"

/** The console's files, as `make` of `@runner-connector/console` returns them. */
export interface Site {
  readonly patterns: ReadonlyArray<string>
  readonly handle: (request: Request) => Response
}

/** The console as an h3 app. Mount it at the root of the host's app. Other routes take precedence over its patterns. */
export const app = (site: Site): H3 => {
  const routes = new H3(quiet)
  for (const pattern of site.patterns) routes.all(pattern, (event) => site.handle(event.req))
  return routes
}
