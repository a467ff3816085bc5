import { connect, type Socket } from "node:net"
import { eventually } from "@runner-connector/contracts"
import { Effect, type Scope } from "effect"

/** A raw TCP connection that sends arbitrary bytes. */
export interface RawSocket {
  readonly send: (bytes: string | Uint8Array) => Effect.Effect<void>
  /** Everything received so far. */
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
      // Writes to a closed connection are discarded. The tests only check that the connection closed.
      socket.on("error", () => socket.destroy())
      socket.on("close", () => {
        closed = true
      })
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** Sends the bytes and waits until the server closes the connection. */
export const sendAndWait = (port: number, bytes: string | Uint8Array): Effect.Effect<string> =>
  Effect.gen(function* () {
    const raw = yield* dial(port)
    yield* raw.send(bytes)
    yield* eventually(raw.closed, (closed) => closed)
    return (yield* raw.received).toString("latin1")
  }).pipe(Effect.scoped)

/** A client frame: masked, here with zeros. */
export const frame = (text: string, opcode = 1): Buffer => {
  const payload = Buffer.from(text)
  const head =
    payload.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | payload.length])
      : Buffer.from([0x80 | opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([head, Buffer.alloc(4), payload])
}

/** The frames after the response head, as text. A close frame becomes `CLOSE`. Server frames are not masked. */
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
