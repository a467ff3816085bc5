import { NodeMiddleware } from "@runner-connector/http-h3"
import { RunnerWeb } from "@runner-connector/protocol"
import { Effect, Exit, Option } from "effect"
import type { Fetch, Handler } from "../api/Requests.ts"
import { valueOf } from "../errors/fromExit.ts"
import type { Engine } from "../runtime/Engine.ts"
import { answerHostFailure } from "./hostFailure.ts"
import { requirePlayback } from "./playing.ts"
import { makeRoutes } from "./routes.ts"

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

/** The ways in which requests of runners and players arrive. */
export interface Requests {
  readonly handler: Handler
  readonly fetch: Fetch
  /** Answers players only. */
  readonly serve: Fetch
  /** Completes when no request is in progress, or after ten seconds. */
  readonly drained: () => Promise<void>
}

/** Answers web requests until the connector closes, and then 503. */
const makeAnswering =
  ({ closing, runtime }: Engine, begin: () => () => void) =>
  (handle: RunnerWeb.RunnerWeb["Type"]["handle"]): Fetch =>
  async (request, context) => {
    if (closing.aborted) return new Response(null, unavailable)
    const end = begin()
    const answer = handle(request, { clientAddress: addressOf(context) })
    const exit = await Effect.runPromiseExit(Effect.provide(answer, await runtime.runtime()), {
      signal: request.signal
    })
    end()
    return Exit.getOrElse(exit, () => new Response(null, { status: 503 }))
  }

/** Answers requests until the connector closes, and then 503. */
export const makeRequests = async (engine: Engine): Promise<Requests> => {
  const { closing, runtime } = engine
  const routes = await runtime.runPromise(makeRoutes)
  const middleware = await runtime.runPromise(NodeMiddleware.make(routes))
  const web = await runtime.runPromise(RunnerWeb.RunnerWeb)
  const serving = await runtime.runPromiseExit(requirePlayback("serve"))
  const counter = makeCounter()
  const answering = makeAnswering(engine, counter.begin)

  const handler: Handler = (request, response, next) => {
    if (closing.aborted) {
      if (next !== undefined && !NodeMiddleware.owns(request, routes)) return next()
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
            Promise.resolve(next(error)).catch((failure) => runtime.runFork(answerHostFailure(response, failure)))
          }
    )
  }

  const serve: Fetch = async (request, context) => {
    const { handle } = valueOf(serving, () => undefined)
    return answering(handle)(request, context)
  }
  const fetch: Fetch = (request, context) =>
    answering(routes.handlerOf(new URL(request.url).pathname) ?? web.handle)(request, context)
  return { handler, fetch, serve, drained: counter.drained }
}
