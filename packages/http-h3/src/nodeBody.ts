import type { IncomingMessage } from "node:http"
import { BodyReader } from "@runner-connector/protocol"
import { Effect, Option } from "effect"

type Chunk = Option.Option<Uint8Array>

/** Reads what has arrived. */
const makeReady = (request: IncomingMessage) => {
  const state = { hasBegun: false, isDone: false, isCancelled: false }
  const ready = (): Chunk | undefined => {
    if (state.isDone || state.isCancelled) return Option.none()
    state.hasBegun = true
    const chunk = request.read() as Buffer | null
    if (chunk !== null) return Option.some(chunk)
    state.isDone = request.readableEnded || (request.complete && request.readableLength === 0)
    return state.isDone ? Option.none() : undefined
  }
  return { state, ready }
}

const events = ["readable", "end", "close", "error"] as const

/** The body of a request of Node, without a detour over streams of the web. Small bodies arrive together with the head. */
export const nodeBody = (request: IncomingMessage): BodyReader.BodyReader => {
  const { ready, state } = makeReady(request)
  let isListening = false
  let wake: (() => void) | undefined

  const listen = () => {
    isListening = true
    for (const event of events) request.on(event, () => wake?.())
  }

  const read = Effect.async<Chunk, ReturnType<typeof BodyReader.brokenOff>>((resume) => {
    const settle = () => {
      const chunk = ready()
      if (chunk === undefined && !request.destroyed) return
      wake = undefined
      resume(chunk === undefined ? Effect.fail(BodyReader.brokenOff()) : Effect.succeed(chunk))
    }
    if (!isListening) listen()
    wake = settle
    settle()
    return Effect.sync(() => {
      wake = undefined
    })
  })

  const cancel = Effect.sync(() => {
    state.isCancelled = true
    wake?.()
  })

  return { ready, read, cancel, isUnfinished: () => state.hasBegun && !state.isDone }
}
