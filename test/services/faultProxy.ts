import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from "node:http"
import { Effect, type Scope } from "effect"

/** What the proxy does to one request. */
export type Fault =
  /** Answers without asking the service. */
  | { readonly _tag: "Refuse"; readonly status: number; readonly code: string }
  /** Never answers, and does not pass the request on. */
  | { readonly _tag: "Silence" }
  /** Passes the request on and closes the connection instead of answering. */
  | { readonly _tag: "LoseAnswer" }
  /** Passes the answer on, and closes the connection after so many bytes of its body. */
  | { readonly _tag: "CutAnswer"; readonly after: number }
  /** Closes the connection to both sides after so many bytes of the request's body. */
  | { readonly _tag: "CutRequest"; readonly after: number }
  /** Announces another length than the body has. */
  | { readonly _tag: "WrongLength"; readonly difference: number }
  /** Waits before each piece of the answer. */
  | { readonly _tag: "Slow"; readonly millis: number }
  /** Answers with these bytes, when the service has accepted the request. */
  | { readonly _tag: "Replace"; readonly answer: (request: IncomingMessage, response: ServerResponse) => void }

/** Chooses the fault of a request. Undefined passes it on unchanged. */
export type Faults = (request: IncomingMessage) => Fault | undefined

/** A proxy in front of an HTTP service. */
export interface FaultProxy {
  readonly url: string
  /** Replaces the faults. */
  readonly set: (faults: Faults) => void
  /** The requests that have arrived: method and path with its query. */
  readonly requests: ReadonlyArray<string>
  /** Bytes of answers' bodies that were sent so far. */
  readonly sent: () => number
}

const refuse = (response: ServerResponse, status: number, code: string) =>
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`)

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis))

/** Passes the body of the answer on, with the fault. */
const answer = async (
  fault: Fault | undefined,
  from: IncomingMessage,
  to: ServerResponse,
  count: (n: number) => void
) => {
  const headers = { ...from.headers }
  if (fault?._tag === "WrongLength" && headers["content-length"] !== undefined) {
    headers["content-length"] = String(Math.max(0, Number(headers["content-length"]) + fault.difference))
  }
  to.strictContentLength = false
  to.writeHead(from.statusCode ?? 502, headers)
  let left = fault?._tag === "CutAnswer" ? fault.after : Number.POSITIVE_INFINITY
  if (fault?._tag === "WrongLength") left = Number(headers["content-length"] ?? left)
  for await (const piece of from as AsyncIterable<Buffer>) {
    if (fault?._tag === "Slow") await pause(fault.millis)
    const part = piece.subarray(0, left)
    left -= part.length
    count(part.length)
    if (part.length > 0 && !to.write(part)) await new Promise((resolve) => to.once("drain", resolve))
    if (left === 0 && fault?._tag === "CutAnswer") return to.destroy()
  }
  // A length that is too large leaves the client waiting, so the connection ends here.
  return fault?._tag === "WrongLength" && fault.difference > 0 ? to.destroy() : to.end()
}

const passBody = (fault: Fault | undefined, from: IncomingMessage, to: ClientRequest) => {
  let left = fault?._tag === "CutRequest" ? fault.after : Number.POSITIVE_INFINITY
  from.on("data", (piece: Buffer) => {
    left -= piece.length
    if (left >= 0) return to.write(piece)
    to.destroy()
    return from.destroy()
  })
  from.on("end", () => to.end())
}

const pass = (
  target: URL,
  fault: Fault | undefined,
  from: IncomingMessage,
  to: ServerResponse,
  count: (n: number) => void
) => {
  const { headers, method, url: path } = from
  const { range, ...others } = headers
  // The service decides about the signature only, and may not have the range. Signed URLs do not contain the range.
  const isReplaced = fault?._tag === "Replace" && path?.includes("X-Amz-Signature=")
  const passed = isReplaced || range === undefined ? others : { ...others, range }
  // The host name stays that of the proxy, because the client has signed it.
  const upstream = request({ host: target.hostname, port: target.port, method, path, headers: passed })
  upstream.on("error", () => to.destroy())
  upstream.on("continue", () => to.writeContinue())
  upstream.on("response", (response) => {
    if (fault?._tag === "LoseAnswer") {
      response.resume()
      response.on("end", () => to.destroy())
    } else if (fault?._tag === "Replace" && (response.statusCode ?? 500) < 300) {
      response.resume()
      fault.answer(from, to)
    } else answer(fault, response, to, count).catch(() => to.destroy())
  })
  passBody(fault, from, upstream)
}

/** Starts a proxy on a free port of the loopback address. */
export const faultProxy = (target: string): Effect.Effect<FaultProxy, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests: Array<string> = []
    let faults: Faults = () => undefined
    let sent = 0
    const count = (bytes: number) => {
      sent += bytes
    }
    const handle = (from: IncomingMessage, to: ServerResponse) => {
      const fault = faults(from)
      requests.push(`${from.method} ${from.url}`)
      from.on("error", () => undefined)
      to.on("error", () => undefined)
      if (fault?._tag === "Silence") from.resume()
      else if (fault?._tag === "Refuse") {
        from.resume()
        refuse(to, fault.status, fault.code)
      } else pass(new URL(target), fault, from, to, count)
    }
    const server = createServer(handle)
    server.on("checkContinue", handle)
    const port = yield* Effect.acquireRelease(
      Effect.async<number>((resume) => {
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
        })
      }),
      () =>
        Effect.async<void>((resume) => {
          server.closeAllConnections()
          server.close(() => resume(Effect.void))
        })
    )
    return {
      url: `http://127.0.0.1:${port}`,
      set: (chosen) => {
        faults = chosen
      },
      requests,
      sent: () => sent
    }
  })
