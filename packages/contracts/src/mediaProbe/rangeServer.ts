import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { Effect, type Scope } from "effect"

/** A file that is generated while it is read. */
export interface MadeUpFile {
  readonly size: number
  /** Returns the bytes from `start` up to, but not including, `end`. */
  readonly read: (start: number, end: number) => Uint8Array
}

/**
 * The behaviour of a path: a file, a status without a file, silence, a file whose connection breaks halfway, or a
 * server that stops answering after two responses.
 */
export type Behaviour =
  | MadeUpFile
  | { readonly status: number }
  | "silence"
  | { readonly breaksOff: MadeUpFile }
  | { readonly fallsSilent: MadeUpFile }

export interface RangeServer {
  readonly url: (path: string) => URL
  /** The requested paths, in order. */
  readonly asked: ReadonlyArray<string>
  /** The total body bytes written to the network. */
  readonly sent: () => number
}

export const bytesFile = (bytes: Uint8Array): MadeUpFile => ({
  size: bytes.length,
  read: (start, end) => bytes.subarray(start, end)
})

const PIECE = 64 * 1024

/** Yields the range in chunks. Fails where the file is not readable. */
function* pieces(file: MadeUpFile, start: number, end: number, readable: number) {
  for (let at = start; at < end; at += PIECE) {
    if (at >= readable) throw new Error("the connection breaks off")
    yield file.read(at, Math.min(end, at + PIECE))
  }
}

const sendRange = (request: IncomingMessage, response: ServerResponse, file: MadeUpFile, readable: number) => {
  const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "bytes=0-") ?? []
  const start = Number(first)
  const end = Math.min(last === "" ? file.size : Number(last) + 1, file.size)
  if (start >= file.size) return response.writeHead(416, { "content-range": `bytes */${file.size}` }).end()
  response.writeHead(206, {
    "content-range": `bytes ${start}-${end - 1}/${file.size}`,
    "content-length": end - start,
    "accept-ranges": "bytes"
  })
  return pipeline(Readable.from(pieces(file, start, end, readable)), response).catch(() => {})
}

const answer = (request: IncomingMessage, response: ServerResponse, behaviour: Behaviour | undefined, nth: number) => {
  if (behaviour === "silence") return
  if (behaviour === undefined) return response.writeHead(404).end()
  if ("status" in behaviour) return response.writeHead(behaviour.status).end()
  if ("fallsSilent" in behaviour) {
    return nth > 2 ? undefined : sendRange(request, response, behaviour.fallsSilent, behaviour.fallsSilent.size)
  }
  return "breaksOff" in behaviour
    ? sendRange(request, response, behaviour.breaksOff, behaviour.breaksOff.size / 2)
    : sendRange(request, response, behaviour, behaviour.size)
}

/** Starts a server on a free port of this machine until the scope closes. */
export const serveRanges = (
  paths: Readonly<Record<string, Behaviour>>
): Effect.Effect<RangeServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const asked: Array<string> = []
      let sent = 0
      const server = createServer((request, response) => {
        const path = new URL(request.url ?? "/", "http://localhost").pathname
        asked.push(path)
        const before = request.socket.bytesWritten
        response.once("close", () => (sent += request.socket.bytesWritten - before))
        void answer(request, response, paths[path], asked.filter((other) => other === path).length)
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      const { port } = server.address() as AddressInfo
      return { server, asked, sent: () => sent, url: (path: string) => new URL(path, `http://127.0.0.1:${port}`) }
    }),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
