import type { IncomingMessage, ServerResponse } from "node:http"
import { PlainResponse, type RunnerWeb } from "@runner-connector/protocol"
import { Effect, Exit, type Fiber, Option, Runtime } from "effect"
import { getRequestIP, type H3Config, type H3Event, HTTPResponse } from "h3"
import { nodeBody } from "./nodeBody.ts"

/** The fiber of a request is interrupted when its client disconnects. Nobody receives this response. */
const gone = () => new Response(null, { status: 503 })

/** The wire rejects malformed escapes with a problem document. Effect's logger logs failures. */
export const quiet: H3Config = { allowMalformedURL: true, silent: true }

/** The facts about a request that only the server knows. */
export const contextOf = (event: H3Event): RunnerWeb.RequestContext => {
  const node = event.runtime?.node?.req as IncomingMessage | undefined
  return {
    clientAddress: Option.fromNullable(getRequestIP(event)),
    ...(node === undefined || node.readableDidRead ? {} : { body: nodeBody(node) })
  }
}

/** h3 sends texts of a known length at once. */
const sent = (response: PlainResponse.AnyResponse): Response | HTTPResponse => {
  if (!PlainResponse.isPlain(response)) return response
  const { body, headers, status, statusText } = response
  return new HTTPResponse(body, { status, statusText, headers })
}

/** Runs until the client disconnects. Node's event for that costs less than the signal of a web-standard request. */
const untilGone = <A>(fiber: Fiber.RuntimeFiber<A>, event: H3Event): Promise<Exit.Exit<A>> =>
  new Promise((resolve) => {
    const interrupt = () => fiber.unsafeInterruptAsFork(fiber.id())
    const response = event.runtime?.node?.res as ServerResponse | undefined
    if (response === undefined) event.req.signal.addEventListener("abort", interrupt, { once: true })
    else if (response.closed) interrupt()
    else response.once("close", interrupt)
    fiber.addObserver((exit) => {
      // Every response closes. To interrupt a fiber that has ended would wake it once more.
      response?.off("close", interrupt)
      resolve(exit)
    })
  })

/** Answers requests of h3 in this runtime. */
export const makeAnswer: Effect.Effect<
  <A extends PlainResponse.AnyResponse>(event: H3Event, response: Effect.Effect<A>) => Promise<Response | HTTPResponse>
> = Effect.map(Effect.runtime<never>(), (runtime) => {
  const fork = Runtime.runFork(runtime)
  return async (event, response) => {
    // A small body then has arrived with the head.
    await undefined
    return sent(Exit.getOrElse(await untilGone(fork(response), event), gone))
  }
})
