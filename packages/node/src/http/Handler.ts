import { NodeMiddleware } from "@runner-connector/http-h3"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Exit, Option } from "effect"
import type { Fetch, Handler } from "../api/Requests.ts"
import type { Engine } from "../runtime/Engine.ts"

/** How long requests in progress may continue when the connector closes. */
const DRAIN_MILLIS = 10_000

const unavailable = { status: 503, headers: { "retry-after": "5" } }

/** Counts the answers in progress. */
const makeCounter = () => {
  let count = 0
  let idle = (): void => undefined
  return {
    begin: (): (() => void) => {
      count += 1
      let ended = false
      return () => {
        if (ended) return
        ended = true
        count -= 1
        if (count === 0) idle()
      }
    },
    /** Completes when nothing is in progress, or after the time limit. */
    drained: (): Promise<void> =>
      new Promise((resolve) => {
        if (count === 0) return resolve()
        const timer = setTimeout(resolve, DRAIN_MILLIS)
        idle = () => {
          clearTimeout(timer)
          resolve()
        }
      })
  }
}

const addressOf = (context: unknown): Option.Option<string> => {
  const address = (context as { readonly clientAddress?: unknown } | null | undefined)?.clientAddress
  return typeof address === "string" ? Option.some(address) : Option.none()
}

/** The ways in which requests of runners arrive. */
export interface Requests {
  readonly handler: Handler
  readonly fetch: Fetch
  /** Completes when no request is in progress, or after ten seconds. */
  readonly drained: () => Promise<void>
}

/** Answers requests until the connector closes, and then 503. */
export const makeRequests = async ({ closing, runtime }: Engine): Promise<Requests> => {
  const middleware = await runtime.runPromise(NodeMiddleware.make())
  const web = await runtime.runPromise(RunnerWeb.RunnerWeb)
  const counter = makeCounter()

  const handler: Handler = (request, response, next) => {
    if (closing.aborted) {
      if (next !== undefined && !NodeMiddleware.owns(request)) return next()
      return void response.writeHead(unavailable.status, unavailable.headers).end()
    }
    const end = counter.begin()
    response.once("close", end)
    middleware(
      request,
      response,
      next === undefined
        ? undefined
        : (error) => {
            end()
            next(error)
          }
    )
  }

  const fetch: Fetch = async (request, context) => {
    if (closing.aborted) return new Response(null, unavailable)
    const end = counter.begin()
    const answer = web.handle(request, { clientAddress: addressOf(context) })
    const exit = await Effect.runPromiseExit(Effect.provide(answer, await runtime.runtime()), {
      signal: request.signal
    })
    end()
    return Exit.getOrElse(exit, () => new Response(null, { status: 503 }))
  }
  return { handler, fetch, drained: counter.drained }
}
