import { Effect, Exit, Option, Runtime } from "effect"
import { getRequestIP, type H3Config, type H3Event } from "h3"

/** The fiber of a request is interrupted when its client disconnects. Nobody receives this response. */
const gone = () => new Response(null, { status: 503 })

/** The wire rejects malformed escapes with a problem document. Effect's logger logs failures. */
export const quiet: H3Config = { allowMalformedURL: true, silent: true }

/** The facts about a request that only the server knows. */
export const contextOf = (event: H3Event): { readonly clientAddress: Option.Option<string> } => ({
  clientAddress: Option.fromNullable(getRequestIP(event))
})

/** Answers requests of h3 in this runtime. */
export const makeAnswer: Effect.Effect<(event: H3Event, response: Effect.Effect<Response>) => Promise<Response>> =
  Effect.map(Effect.runtime<never>(), (runtime) => {
    const run = Runtime.runPromiseExit(runtime)
    return async (event, response) => Exit.getOrElse(await run(response, { signal: event.req.signal }), gone)
  })
