import { request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import { Effect } from "effect"
import { Installation } from "../installation/Installation.ts"
import { broken, type Checked, type Finding, fine, reasonOf } from "./Check.ts"

const PATIENCE = 5000

/** The status of GET. With `upgrade` the request asks for a WebSocket, and 101 means that it was opened. */
const statusOf = (url: URL, headers: Readonly<Record<string, string>> = {}): Effect.Effect<number, Error> =>
  Effect.async((resume) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest
    const sent = send(url, { headers, timeout: PATIENCE })
    const finish = (result: Effect.Effect<number, Error>) => {
      sent.destroy()
      resume(result)
    }
    sent.on("response", ({ statusCode = 0 }) => finish(Effect.succeed(statusCode)))
    sent.on("upgrade", (_, socket) => {
      socket.destroy()
      finish(Effect.succeed(101))
    })
    sent.on("timeout", () => finish(Effect.fail(new Error(`no answer within ${PATIENCE / 1000} s`))))
    sent.on("error", (error) => finish(Effect.fail(error)))
    sent.end()
    return Effect.sync(() => sent.destroy())
  })

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": Buffer.from("runner-connector").toString("base64")
}

const named = (check: string, finding: Effect.Effect<Finding, Error>, remedy: string): Effect.Effect<Checked> =>
  finding.pipe(
    Effect.catchAll((error) => Effect.succeed(broken(reasonOf(error), remedy))),
    Effect.map((found) => ({ check, ...found }))
  )

/** Whether the server answers under the address that runners use, and a WebSocket passes the proxy. */
export const checkNetwork: Effect.Effect<ReadonlyArray<Checked>, never, Installation> = Effect.flatMap(
  Installation,
  ({ publicUrl }) => {
    const unreachable = "Start the server, or correct PUBLIC_URL, DNS and the proxy."
    const blocked =
      "Let the proxy pass the headers Upgrade and Connection for /socket.io/. docs/deployment.md shows how."
    const reach = Effect.map(statusOf(new URL("/healthz", publicUrl)), (status) =>
      status === 200
        ? fine(`${publicUrl.origin} answers`)
        : broken(`${publicUrl.origin}/healthz answers ${status}`, unreachable)
    )
    const path = new URL("/socket.io/?EIO=4&transport=websocket", publicUrl)
    const socket = Effect.map(statusOf(path, upgrade), (status) =>
      status === 101 ? fine("a WebSocket was opened") : broken(`the WebSocket was answered with ${status}`, blocked)
    )
    const both = [named("PUBLIC_URL", reach, unreachable), named("WebSocket", socket, blocked)] as const
    return Effect.map(Effect.all(both, { concurrency: 2 }), ([reached, opened]) => [
      reached,
      // Without any answer, nothing is known about the proxy.
      reached.outcome === "failed" && opened.outcome === "failed" ? { ...opened, remedy: unreachable } : opened
    ])
  }
)
