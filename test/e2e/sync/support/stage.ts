import { readFile } from "node:fs/promises"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, type Scope } from "effect"

interface Page {
  readonly file: URL
  readonly type: string
}

const pages: Readonly<Record<string, Page>> = {
  "/": { file: new URL("page.html", import.meta.url), type: "text/html" },
  "/hls.mjs": { file: new URL(import.meta.resolve("hls.js/dist/hls.min.mjs")), type: "text/javascript" }
}

const send = async (page: Page | undefined, response: ServerResponse) => {
  if (page === undefined) return response.writeHead(404).end()
  return response.writeHead(200, { "content-type": page.type }).end(await readFile(page.file))
}

/** Serves the measuring page and returns its URL. */
export const serve: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer(({ url = "/" }, response) => void send(pages[url], response))
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
