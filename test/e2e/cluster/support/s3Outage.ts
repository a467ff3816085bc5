import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, type Scope } from "effect"

/** A proxy of an S3 service that can refuse every request. */
export interface S3Outage {
  readonly endpoint: string
  /** Answers every request with 503 until it is called again with `false`. */
  readonly refuse: (refuses: boolean) => Effect.Effect<void>
  /** The number of refused requests. */
  readonly refused: Effect.Effect<number>
}

/** Passes the headers on unchanged, because the signature covers `Host`. */
const forward = (target: URL, incoming: IncomingMessage, response: ServerResponse): void => {
  const { headers, method, url } = incoming
  const outgoing = httpRequest(
    { host: target.hostname, port: target.port, path: url, method, headers, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }
  )
  outgoing.on("error", () => response.destroy())
  response.on("close", () => outgoing.destroy())
  incoming.pipe(outgoing)
}

/** Starts the proxy. It stops with the scope. */
export const s3Outage = (endpoint: string): Effect.Effect<S3Outage, never, Scope.Scope> =>
  Effect.gen(function* () {
    const target = new URL(endpoint)
    const now = { refuses: false, refused: 0 }
    const server = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const server = createServer((incoming, response) => {
          if (!now.refuses) return forward(target, incoming, response)
          now.refused += 1
          incoming.resume()
          response.writeHead(503, { "content-type": "application/xml", connection: "close" })
          response.end("<Error><Code>ServiceUnavailable</Code><Message>Reduce your request rate.</Message></Error>")
        })
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
        return server
      }),
      (server) => Effect.sync(() => server.close().closeAllConnections())
    )
    return {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      refuse: (refuses) =>
        Effect.sync(() => {
          now.refuses = refuses
        }),
      refused: Effect.sync(() => now.refused)
    }
  })
