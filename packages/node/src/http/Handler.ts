import { H3Playback, NodeMiddleware } from "@runner-connector/http-h3"
import { PlaybackWeb, RunnerWeb } from "@runner-connector/protocol"
import { Effect, Exit, Option } from "effect"
import type { Fetch, Handler } from "../api/Requests.ts"
import { valueOf } from "../errors/fromExit.ts"
import type { Engine } from "../runtime/Engine.ts"
import { answerHostFailure } from "./hostFailure.ts"
import { playback, requirePlayback } from "./playing.ts"

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

/** The routes for players, if they are served. */
const makePlaying = Effect.gen(function* () {
  const web = yield* playback
  if (Option.isNone(web)) return { owns: () => false, options: {} }
  const { path } = web.value
  const routes = yield* Effect.provideService(H3Playback.app, PlaybackWeb.PlaybackWeb, web.value)
  const owns = (pathname: string) => pathname.startsWith(`${path}/`)
  return { owns, options: { owns, app: (app) => app.mount("/", routes) } satisfies NodeMiddleware.Options }
})

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
  const playing = await runtime.runPromise(makePlaying)
  const middleware = await runtime.runPromise(NodeMiddleware.make(playing.options))
  const web = await runtime.runPromise(RunnerWeb.RunnerWeb)
  const serving = await runtime.runPromiseExit(requirePlayback("serve"))
  const counter = makeCounter()
  const answering = makeAnswering(engine, counter.begin)

  const handler: Handler = (request, response, next) => {
    if (closing.aborted) {
      if (next !== undefined && !NodeMiddleware.owns(request, playing.options)) return next()
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
    playing.owns(new URL(request.url).pathname) ? serve(request, context) : answering(web.handle)(request, context)
  return { handler, fetch, serve, drained: counter.drained }
}
