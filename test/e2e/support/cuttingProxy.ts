import { connect, createServer, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A proxy in front of a server, which counts what clients send. */
export interface CuttingProxy {
  readonly url: string
  /** Bytes from clients that were passed on so far. */
  readonly passed: () => number
}

/** A place in the bytes of all clients, and what happens there. */
export interface Cut {
  readonly at: number
  /** Runs before both sides are disconnected. */
  readonly run: () => void
  /** Instead of that, drops everything that follows from this client. */
  readonly holds?: boolean
}

/** Passes connections on. At each place it disconnects both sides, or holds the client. */
export const cuttingProxy = (port: number, cuts: ReadonlyArray<Cut>): Effect.Effect<CuttingProxy, never, Scope.Scope> =>
  Effect.gen(function* () {
    const open = new Set<Socket>()
    const left = [...cuts]
    let passed = 0
    const server = createServer((client) => {
      const target = connect(port, "127.0.0.1")
      const end = () => {
        client.destroy()
        target.destroy()
      }
      for (const socket of [client, target]) {
        open.add(socket)
        socket.on("error", end).on("close", end)
        socket.on("close", () => open.delete(socket))
      }
      let isHeld = false
      client.on("data", (bytes) => {
        if (isHeld) return
        passed += bytes.length
        if (passed >= (left[0]?.at ?? Number.POSITIVE_INFINITY)) {
          const cut = left.shift()
          cut?.run()
          if (cut?.holds !== true) return end()
          isHeld = true
        }
        if (!target.write(bytes)) client.pause()
      })
      target.on("drain", () => client.resume())
      target.pipe(client)
    })
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
      () =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          for (const socket of open) socket.destroy()
        })
    )
    const address = server.address()
    const own = typeof address === "object" && address !== null ? address.port : 0
    return { url: `http://127.0.0.1:${own}`, passed: () => passed }
  })
