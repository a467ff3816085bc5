import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, type Scope } from "effect"

/** A second server next to the runner's server. Its responses are computed from the requests. */
export const otherServer = (
  answer: (request: {
    readonly method: string
    readonly url: string
    readonly type: string
    readonly body: Buffer
  }) => {
    readonly status: number
    readonly headers?: Record<string, string>
    readonly body?: string
  }
): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = createServer(async (request, response) => {
      const chunks: Array<Buffer> = []
      for await (const chunk of request) chunks.push(chunk)
      const { headers, method = "", url = "" } = request
      const { body, status, ...rest } = answer({
        method,
        url,
        type: headers["content-type"] ?? "",
        body: Buffer.concat(chunks)
      })
      response.writeHead(status, rest.headers).end(body)
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
      () => Effect.promise(() => new Promise((resolve) => server.close(resolve)))
    )
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
