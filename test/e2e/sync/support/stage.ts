import { createReadStream } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { basename, extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, type Scope } from "effect"

const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const pages: Readonly<Record<string, string>> = {
  "/hls.mjs": fileURLToPath(import.meta.resolve("hls.js/dist/hls.min.mjs")),
  "/page.js": own("page.js")
}

const types: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".js": "text/javascript",
  ".mjs": "text/javascript"
}

const html = `<!doctype html><meta charset="utf-8"><title>sync</title><script src="/page.js"></script><body></body>`

const sendFile = async (path: string, request: IncomingMessage, response: ServerResponse) => {
  const { size } = await stat(path)
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? []
  const start = Number(first ?? 0)
  const end = last ? Math.min(Number(last), size - 1) : size - 1
  response.writeHead(first === undefined ? 200 : 206, {
    "content-type": types[extname(path)] ?? "application/octet-stream",
    "content-length": end - start + 1,
    "accept-ranges": "bytes",
    ...(first === undefined ? {} : { "content-range": `bytes ${start}-${end}/${size}` })
  })
  createReadStream(path, { start, end }).pipe(response)
}

/** Serves the page that measures, and the files of a folder beside it. */
export const serve = (folder: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost")
        if (pathname === "/") return response.writeHead(200, { "content-type": "text/html" }).end(html)
        const path = pages[pathname] ?? join(folder, basename(pathname))
        return sendFile(path, request, response).catch(() => response.writeHead(404).end())
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeAllConnections()
          })
      )
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

export const read = readFile
