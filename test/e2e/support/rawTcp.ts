import { connect, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A raw HTTP answer. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
}

/** A TCP connection that sends arbitrary bytes. */
export interface RawConnection {
  readonly write: (bytes: string | Uint8Array) => Effect.Effect<void>
  /** Ends the sending side and keeps reading. */
  readonly finish: Effect.Effect<void>
  /** The next complete answer, or none when the server closes the connection first. */
  readonly answer: Effect.Effect<RawAnswer | undefined>
  /** Received bytes that do not belong to an answer. */
  readonly rest: Effect.Effect<Buffer>
  readonly hungUp: Effect.Effect<boolean>
  /** Destroys the connection. */
  readonly destroy: Effect.Effect<void>
}

const unchunked = (body: Buffer): readonly [content: Buffer, length: number] | undefined => {
  const pieces: Array<Buffer> = []
  let at = 0
  for (;;) {
    const line = body.indexOf("\r\n", at)
    if (line < 0) return undefined
    const size = Number.parseInt(body.toString("latin1", at, line), 16)
    const end = line + 2 + size
    if (body.length < end + 2) return undefined
    pieces.push(body.subarray(line + 2, end))
    at = end + 2
    if (size === 0) return [Buffer.concat(pieces), at]
  }
}

const bodyOf = (
  status: number,
  headers: Headers,
  rest: Buffer
): readonly [content: Buffer, length: number] | undefined => {
  if (status === 204 || status === 304 || status < 200) return [Buffer.alloc(0), 0]
  if (headers.get("transfer-encoding") === "chunked") return unchunked(rest)
  const length = Number(headers.get("content-length") ?? 0)
  return rest.length < length ? undefined : [rest.subarray(0, length), length]
}

/** The first answer in the bytes and its end, or nothing while it is incomplete. */
const parse = (received: Buffer): { readonly answer: RawAnswer; readonly length: number } | undefined => {
  const end = received.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const [line = "", ...fields] = received.toString("latin1", 0, end).split("\r\n")
  const headers = new Headers(
    fields.map((field): [string, string] => [
      field.slice(0, field.indexOf(":")),
      field.slice(field.indexOf(":") + 1).trim()
    ])
  )
  const status = Number(line.split(" ")[1])
  const body = bodyOf(status, headers, received.subarray(end + 4))
  if (body === undefined) return undefined
  const [bytes, length] = body
  return { answer: { status, headers, bytes, text: bytes.toString() }, length: end + 4 + length }
}

const open = (port: number): Effect.Effect<Socket> =>
  Effect.async((resume) => {
    const socket = connect(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
    // Writes to a closed connection are discarded. The tests only check that the connection closed.
    socket.on("error", () => socket.destroy())
    socket.once("close", () => resume(Effect.dieMessage(`Nobody listens on port ${port}`)))
  })

/** Connects to a local port. The connection is closed with the scope. */
export const dial = (port: number): Effect.Effect<RawConnection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* Effect.acquireRelease(open(port), (socket) => Effect.sync(() => socket.destroy()))
    let received = Buffer.alloc(0)
    let isClosed = false
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes])
    })
    socket.once("close", () => {
      isClosed = true
    })
    const take = (): RawAnswer | undefined => {
      const parsed = parse(received)
      if (parsed !== undefined) received = received.subarray(parsed.length)
      return parsed?.answer
    }
    const answer = Effect.async<RawAnswer | undefined>((resume) => {
      const look = () => {
        const found = take()
        if (found === undefined && !isClosed) return
        socket.off("data", look).off("close", look)
        resume(Effect.succeed(found))
      }
      socket.on("data", look).on("close", look)
      look()
    })
    return {
      answer,
      write: (bytes) => Effect.async<void>((resume) => void socket.write(bytes, () => resume(Effect.void))),
      finish: Effect.sync(() => void socket.end()),
      rest: Effect.sync(() => received),
      hungUp: Effect.sync(() => isClosed),
      destroy: Effect.sync(() => void socket.destroy())
    }
  })

/** Sends a request on its own connection and returns the answer. */
export const exchange = (
  port: number,
  ...pieces: ReadonlyArray<string | Uint8Array>
): Effect.Effect<RawAnswer | undefined> =>
  Effect.gen(function* () {
    const connection = yield* dial(port)
    yield* Effect.fork(Effect.forEach(pieces, connection.write, { discard: true }))
    return yield* connection.answer
  }).pipe(Effect.timeout("2 minutes"), Effect.orDie, Effect.scoped)
