import { Problem, type RunnerWeb } from "@runner-connector/protocol"
import { Effect, Exit, Option, Runtime } from "effect"
import { getRequestIP, type H3, type H3Event } from "h3"

/** A route of the bundled server. */
export interface Route<R> {
  readonly method: "GET" | "POST" | "DELETE" | "HEAD" | "PATCH" | "OPTIONS"
  /** h3's patterns: `:name` for a segment, `**:name` for the rest. */
  readonly path: string
  readonly answer: (
    request: Request,
    params: Readonly<Record<string, string>>,
    client: RunnerWeb.RequestContext
  ) => Effect.Effect<Response, Problem.WireError, R>
}

export const json = (document: unknown): Response =>
  Response.json(document, { headers: { "cache-control": "no-store" } })

const gone = () => new Response(null, { status: 503 })

/** Routes that need the same services. */
export type Routes<R> = ReadonlyArray<Route<R>>

/** Adds the routes to an app. Errors become problem documents. A client that disconnects interrupts the handler. */
export const mount = <R>(routes: Routes<R>): Effect.Effect<(app: H3) => void, never, R> =>
  Effect.map(Effect.runtime<R>(), (runtime) => {
    const run = Runtime.runPromiseExit(runtime)
    const handle = (route: Route<R>) => async (event: H3Event) => {
      const client = { clientAddress: Option.fromNullable(getRequestIP(event)) }
      const answer = Problem.answer(route.answer(event.req, event.context.params ?? {}, client), event.req)
      return Exit.getOrElse(await run(answer, { signal: event.req.signal }), gone)
    }
    return (app) => {
      for (const route of routes) {
        app.on(route.method, route.path, handle(route))
        // Players and caches send HEAD first.
        if (route.method === "GET") app.on("HEAD", route.path, handle(route))
      }
    }
  })
