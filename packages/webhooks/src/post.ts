import * as Http from "node:http"
import * as Https from "node:https"
import { WebhookSender } from "@runner-connector/core"
import { Effect } from "effect"
import { isPrivateHost, PrivateAddress, publicLookup } from "./publicLookup.ts"

/** A request with its signature. */
export interface Post {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowPrivateAddresses: boolean
}

const failure = (message: string) => new WebhookSender.WebhookSendError({ message })

/** The code says what happened, where the text of an error with several addresses is empty. */
const describe = (error: NodeJS.ErrnoException): string =>
  error.message === "" ? (error.code ?? error.name) : error.message

/**
 * Sends the request over a connection of its own and returns the status of the answer. Does not follow redirects, and
 * closes the connection after the head of the answer, so the length of its body does not matter. An interruption closes
 * the connection.
 */
export const post = ({
  allowPrivateAddresses,
  body,
  headers,
  url
}: Post): Effect.Effect<number, WebhookSender.WebhookSendError> =>
  Effect.async((resume) => {
    if (!allowPrivateAddresses && isPrivateHost(url.hostname)) {
      return resume(failure(new PrivateAddress().message))
    }
    const { request } = url.protocol === "https:" ? Https : Http
    const outgoing = request(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)), connection: "close" },
      agent: false,
      maxHeaderSize: 16 * 1024,
      ...(allowPrivateAddresses ? {} : { lookup: publicLookup })
    })
    outgoing.on("response", (response) => {
      resume(Effect.succeed(response.statusCode ?? 0))
      response.destroy()
    })
    outgoing.on("error", (error) => resume(failure(describe(error))))
    outgoing.end(body)
    return Effect.sync(() => void outgoing.destroy())
  })
