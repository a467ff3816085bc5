import type { IncomingMessage } from "node:http"
import { BodyReader } from "@runner-connector/protocol"
import { Effect, Option } from "effect"
import { freePiece } from "./pieceMemory.ts"

type Chunk = Option.Option<Uint8Array>

/** Bytes that may wait for the reader. While as many wait, the socket is not read, so the sender has to wait as well. */
const MAX_WAITING = 64 * 1024

const ends = ["end", "close", "error"] as const

/** The bytes of the body, where the head tells them. Node's parser enforces the number. */
const lengthOf = ({ headers }: IncomingMessage): number | undefined => {
  const { "content-length": length, "transfer-encoding": encoding } = headers
  return length === undefined || encoding !== undefined ? undefined : Number(length)
}

/**
 * Pieces that have arrived and were not taken. Reads no more of the request while there are enough. A piece is freed when the next
 * one is asked for.
 */
const makeArrivals = (request: IncomingMessage, notify: () => void) => {
  const pieces: Array<Uint8Array> = []
  const length = lengthOf(request)
  let lent: Uint8Array | undefined
  let taken = 0
  let size = 0
  let isFlowing = false

  const push = (piece: Buffer) => {
    pieces.push(piece)
    size += piece.length
    notify()
    if (size >= MAX_WAITING) request.pause()
  }

  return {
    take: (): Uint8Array | undefined => {
      if (lent !== undefined) freePiece(lent, request, isFlowing ? 1 : 0)
      const piece = isFlowing ? pieces.shift() : ((request.read() as Buffer | null) ?? undefined)
      if (isFlowing) size -= piece?.length ?? 0
      taken += piece?.length ?? 0
      lent = piece
      return piece
    },
    /** Whether the last piece was taken. */
    haveEnded: (): boolean =>
      taken === length || request.readableEnded || (request.complete && request.readableLength === 0),
    /** Passes on each piece as it arrives. `request.read()` would copy several into one. */
    flow: (): void => {
      if (isFlowing) {
        if (request.isPaused()) request.resume()
        return
      }
      isFlowing = true
      request.on("data", push)
      for (const event of ends) request.on(event, notify)
    }
  }
}

/**
 * The body of a request of Node, without a detour over streams of the web. Small bodies arrive together with the head. Node
 * tells their end only in a later turn of its loop, so it is found by the length.
 */
export const nodeBody = (request: IncomingMessage): BodyReader.BodyReader => {
  const state = { hasBegun: false, isDone: false, isCancelled: false }
  let wake: (() => void) | undefined
  const notify = () => wake?.()
  const arrivals = makeArrivals(request, notify)

  const ready = (): Chunk | undefined => {
    if (state.isDone || state.isCancelled) return Option.none()
    state.hasBegun = true
    const piece = arrivals.take()
    if (piece !== undefined) return Option.some(piece)
    state.isDone = arrivals.haveEnded()
    return state.isDone ? Option.none() : undefined
  }

  const read = Effect.async<Chunk, ReturnType<typeof BodyReader.brokenOff>>((resume) => {
    const settle = () => {
      const chunk = ready()
      if (chunk === undefined && !request.destroyed) return
      wake = undefined
      resume(chunk === undefined ? Effect.fail(BodyReader.brokenOff()) : Effect.succeed(chunk))
    }
    wake = settle
    arrivals.flow()
    settle()
    return Effect.sync(() => {
      wake = undefined
    })
  })

  const cancel = Effect.sync(() => {
    state.isCancelled = true
    notify()
  })

  return { ready, read, cancel, isUnfinished: () => state.hasBegun && !state.isDone }
}
