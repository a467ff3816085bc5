import { connect, type Socket } from "node:net"
import { eventually } from "@runner-connector/contracts"
import { Effect, type Scope } from "effect"

/** A TCP connection on which anything can be said. */
export interface RawSocket {
  readonly send: (bytes: string | Uint8Array) => Effect.Effect<void>
  /** Everything that came so far. */
  readonly received: Effect.Effect<Buffer>
  readonly closed: Effect.Effect<boolean>
  readonly socket: Socket
}

export const dial = (port: number): Effect.Effect<RawSocket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<RawSocket>((resume) => {
      const chunks: Array<Buffer> = []
      let closed = false
      const socket = connect(port, "127.0.0.1", () =>
        resume(
          Effect.succeed({
            socket,
            send: (bytes) => Effect.sync(() => void (closed || socket.write(bytes))),
            received: Effect.sync(() => Buffer.concat(chunks)),
            closed: Effect.sync(() => closed)
          })
        )
      )
      socket.on("data", (chunk) => chunks.push(chunk))
      // What is said to a closed connection is lost; that it closed is all there is to know.
      socket.on("error", () => socket.destroy())
      socket.on("close", () => {
        closed = true
      })
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** Says something, and waits until the other side has hung up. */
export const sayAndWait = (port: number, bytes: string | Uint8Array): Effect.Effect<string> =>
  Effect.gen(function* () {
    const raw = yield* dial(port)
    yield* raw.send(bytes)
    yield* eventually(raw.closed, (closed) => closed)
    return (yield* raw.received).toString("latin1")
  }).pipe(Effect.scoped)

/** A frame as clients send it: masked, here with zeros. */
export const frame = (text: string, opcode = 1): Buffer => {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

/** The frames after the head of the answer, as texts; a close frame is `CLOSE`. Frames of servers are not masked. */
export const framesOf = (received: Buffer): ReadonlyArray<string> => {
  const texts: Array<string> = []
  let at = received.indexOf("\r\n\r\n") + 4
  while (at >= 4 && at + 2 <= received.length) {
    const isClose = ((received[at] ?? 0) & 0x0f) === 8
    const short = (received[at + 1] ?? 0) & 0x7f
    const length = short === 126 ? received.readUInt16BE(at + 2) : short
    const start = at + (short === 126 ? 4 : 2)
    texts.push(isClose ? "CLOSE" : received.toString("utf8", start, start + length))
    at = start + length
  }
  return texts
}
