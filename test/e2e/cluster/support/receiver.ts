import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, type Scope } from "effect"

/** A received webhook. */
export interface Received {
  readonly id: string
  readonly type: string
  readonly videoId: string | null
}

export interface Receiver {
  readonly url: string
  readonly received: Effect.Effect<ReadonlyArray<Received>>
}

/** Starts an HTTP server that accepts webhooks. It fails every seventh delivery, each event once. */
export const receiver: Effect.Effect<Receiver, never, Scope.Scope> = Effect.gen(function* () {
  const all: Array<Received> = []
  const failed = new Set<string>()
  let deliveries = 0
  const server = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          deliveries += 1
          const id = String(request.headers["webhook-id"])
          if (deliveries % 7 === 0 && !failed.has(id)) {
            failed.add(id)
            return response.writeHead(500).end()
          }
          const { type, videoId } = JSON.parse(Buffer.concat(chunks).toString())
          all.push({ id, type, videoId })
          response.writeHead(204).end()
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return server
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received: Effect.sync(() => [...all])
  }
})
